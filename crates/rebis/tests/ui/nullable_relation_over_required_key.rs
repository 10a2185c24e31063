// says: `author_id` takes no NULL
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
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<Option<User>>,
}

fn main() {}
