// says: is not a handle
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn delete_it(db: &mut Graph, post: &Post) {
    db.delete(post);
}

fn main() {}
