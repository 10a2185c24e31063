// says: `author_id` may be NULL
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
    pub author_id: Option<i64>,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
}

fn main() {}
