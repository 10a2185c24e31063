// says: is a `FirmId`, not a `{integer}`
use rebis::prelude::*;
#[path = "support/blog.rs"]
mod blog;
#[allow(unused_imports)]
use blog::*;

fn get<M: Model>(_: Entity<M>, key: impl rebis::ToKey<M::Key>) {
    let _ = key.to_key();
}

fn main() {
    get(Firm, 5);
}
