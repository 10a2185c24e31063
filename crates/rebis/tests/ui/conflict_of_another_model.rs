// says: does not name a key of `blog::Tag`
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = Tag.insert().on_conflict(User.id).do_nothing();
}
