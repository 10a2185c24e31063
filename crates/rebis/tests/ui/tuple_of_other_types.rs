// says: expected a tuple of values or expressions of the types `(i64, String)`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).filter((User.id, User.username).eq((1, 2)));
}
