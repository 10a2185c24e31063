// says: `Money` cannot be stored
use rebis::prelude::*;

pub struct Money(i64);

#[derive(Model)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    pub total: Money,
}

fn main() {}
