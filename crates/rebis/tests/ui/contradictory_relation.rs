// says: `delete-orphan` without `delete`
use rebis::prelude::*;

#[derive(Model)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[relation(inverse = author, cascade = "delete-orphan")]
    pub posts: HasMany<Post>,
    #[relation(inverse = author, view_only, cascade = "all")]
    pub drafts: HasMany<Post>,
    #[relation(key = id)]
    pub others: HasMany<Post>,
}

#[derive(Model)]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    pub author_id: i64,
    #[relation(key = autor_id)]
    pub author: BelongsTo<User>,
    pub editor: BelongsTo<User>,
}

fn main() {}
