// says: `Cell`
use rebis::prelude::*;

use std::cell::Cell;

#[derive(Model)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    pub count: Cell<i64>,
}

fn main() {}
