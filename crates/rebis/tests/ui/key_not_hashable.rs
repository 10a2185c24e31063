// says: `UserId: Hash`
use rebis::prelude::*;

#[derive(Value, Clone)]
pub struct UserId(i64);

#[derive(Model)]
pub struct User {
    #[column(primary_key)]
    pub id: UserId,
}

fn main() {}
