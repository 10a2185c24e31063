// says: an enum cannot be a model
use rebis::prelude::*;

#[derive(Model)]
pub enum Status {
    Draft,
    Live,
}

fn main() {}
