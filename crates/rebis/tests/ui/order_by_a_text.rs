// says: `&str` is not an order
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).order_by("username");
}
