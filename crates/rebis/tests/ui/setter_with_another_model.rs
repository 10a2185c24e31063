// says: a relation to `User`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn post(tag: Handle<Tag>) {
    let _ = Post.new().author(tag);
}

fn main() {}
