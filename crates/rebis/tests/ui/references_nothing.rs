// says: `idd`
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
    #[column(references = User.idd)]
    pub author_id: i64,
}

fn main() {}
