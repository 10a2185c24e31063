// says: `Post`
use rebis::prelude::*;

pub struct Post;

#[derive(Model)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[relation(inverse = author)]
    pub posts: HasMany<Post>,
}

fn main() {}
