// says: expected a value or expression of type `String`, found `rebis::Expr<i64>`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).filter(User.username.eq(User.id.count()));
}
