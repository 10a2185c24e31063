// says: `sql!` takes one string literal
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = sql!(String::from("select 1"));
}
