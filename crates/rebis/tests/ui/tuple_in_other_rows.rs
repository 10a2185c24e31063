// says: `rebis::Select<(i64, i64)>` is not a set of tuples `(i64, String)`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User).filter((User.id, User.username).in_(select((User.id, User.id))));
}
