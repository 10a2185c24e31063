// says: `tabel`; did you mean `table`?
use rebis::prelude::*;

#[derive(Model)]
#[model(tabel = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(legnth = 50)]
    pub name: String,
    #[relation(invers = author)]
    pub posts: HasMany<Post>,
}

#[derive(Model)]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
}

fn main() {}
