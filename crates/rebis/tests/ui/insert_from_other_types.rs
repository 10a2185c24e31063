// says: `rebis::Column<blog::Tag, String>` does not take rows of `i64`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = Tag.insert().from_select(Tag.name, select(User.id));
}
