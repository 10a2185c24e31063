// says: `i64`, found `&str`
use rebis::prelude::*;

#[derive(Model)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    #[column(default = "many")]
    pub count: i64,
}

fn main() {}
