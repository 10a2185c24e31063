// says: not the other side of a relation of `User`
use rebis::prelude::*;

#[derive(Model)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[relation(inverse = tag)]
    pub posts: HasMany<Post>,
}

#[derive(Model)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Model)]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub tag_id: i64,
    #[relation(key = tag_id)]
    pub tag: BelongsTo<Tag>,
}

fn main() {}
