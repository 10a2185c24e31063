// says: expected a value or expression of type `String`, found `{integer}`
#[allow(unused_imports)]
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = User.update().set(User.username, 5).all_rows();
}
