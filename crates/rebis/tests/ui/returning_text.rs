// says: `&str` cannot be selected
#[allow(unused_imports)]
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = User.delete().all_rows().returning("id");
}
