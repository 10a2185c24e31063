// says: expected a value or expression of type `i64`, found `&str`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).filter(User.id.lt("ten"));
}
