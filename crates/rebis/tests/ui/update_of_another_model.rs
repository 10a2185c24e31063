// says: mismatched types
#[allow(unused_imports)]
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = User.update().set(Post.title, "x").all_rows();
}
