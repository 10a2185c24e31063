// says: `Entity<blog::Post>` cannot be joined
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).join(Post);
}
