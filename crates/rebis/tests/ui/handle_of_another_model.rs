// says: a relation to `User`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn tag_it(db: &mut Graph, post: Handle<Post>, tag: Handle<Tag>) {
    db.set(post, Post.author, tag);
}

fn main() {}
