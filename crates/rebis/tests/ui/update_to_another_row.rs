// says: `(rebis::Column<blog::User, String>, rebis::Column<blog::User, i64>)` does not take rows of `(i64, i64)`
#[allow(unused_imports)]
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = User.update().set_row((User.username, User.karma), select((User.id, User.karma))).all_rows();
}
