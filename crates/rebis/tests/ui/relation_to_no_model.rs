// says: `User` is not a model
use rebis::prelude::*;

pub struct User;

#[derive(Model)]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
}

fn main() {}
