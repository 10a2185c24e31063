// says: not the other side of a relation of `User`
use rebis::prelude::*;

#[derive(Model)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[relation(inverse = author_id)]
    pub posts: HasMany<Post>,
}

#[derive(Model)]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<User>,
}

fn main() {}
