// says: a relation to `User`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn orphan(db: &mut Graph, post: Handle<Post>) {
    db.set(post, Post.author, None);
}

fn main() {}
