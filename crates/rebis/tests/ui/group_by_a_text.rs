// says: `&str` cannot be grouped by
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User.id.count()).group_by("username");
}
