// says: cannot be loaded with `blog::User`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).with(Post.tags);
}
