// says: `Post` needs a value for `author`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let mut db = Graph::new();
    db.add(Post.new().title("Hello"));
}
