// says: the method `sum` exists for struct `rebis::Column<blog::User, String>`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(User.username.sum());
}
