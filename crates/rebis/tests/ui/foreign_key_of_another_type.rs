// says: `String` cannot reference a key of type `i64`
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
    #[column(references = User.id)]
    pub author_id: String,
}

fn main() {}
