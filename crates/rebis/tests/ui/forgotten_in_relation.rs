// says: `Post` needs a value for `title`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let mut db = Graph::new();
    let alice = db.add(User.new().username("alice").karma(1));
    db.push(alice, User.posts, Post.new().body("text"));
}
