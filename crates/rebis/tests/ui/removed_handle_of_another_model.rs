// says: is not a handle of `Tag`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn untag_it(db: &mut Graph, post: Handle<Post>, alice: Handle<User>) {
    db.remove(post, Post.tags, alice);
}

fn main() {}
