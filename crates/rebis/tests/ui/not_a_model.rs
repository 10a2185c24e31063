// says: `Plain` is not a model
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

struct Plain;

fn main() {
    let _ = metadata![User, Plain];
}
