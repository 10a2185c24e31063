// says: `{integer}` is not the end of a page
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).order_by(User.id).after(5);
}
