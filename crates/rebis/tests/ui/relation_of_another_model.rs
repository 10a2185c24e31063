// says: is not a to-one relation of
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn move_post(db: &mut Graph, tag: Handle<Tag>, alice: Handle<User>) {
    db.set(tag, Post.author, alice);
}

fn main() {}
