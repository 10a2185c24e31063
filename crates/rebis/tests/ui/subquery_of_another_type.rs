// says: `rebis::Select<String>` is not a set of `i64`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).filter(User.id.in_(select(User.username)));
}
