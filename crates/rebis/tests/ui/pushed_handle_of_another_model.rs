// says: a relation to `Tag`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn tag_it(db: &mut Graph, post: Handle<Post>, alice: Handle<User>) {
    db.push(post, Post.tags, alice);
}

fn main() {}
