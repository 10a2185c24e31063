// says: expected a value or expression of type `String`, found `{integer}`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn main() {
    let _ = select(func::case().when(User.id.gt(1), "many").otherwise(1));
}
