// says: a model cannot be generic
use rebis::prelude::*;

#[derive(Model)]
pub struct Box<T> {
    #[column(primary_key)]
    pub id: i64,
    pub content: T,
}

fn main() {}
