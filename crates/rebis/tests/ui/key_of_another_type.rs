// says: `i32` cannot reference a key of type `i64`
use rebis::prelude::*;

#[derive(Model)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Model)]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub author_id: i32,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
}

fn main() {}
