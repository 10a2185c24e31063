// says: a model needs named fields
use rebis::prelude::*;

#[derive(Model)]
pub struct User(i64, String);

fn main() {}
