// says: a column cannot hold a `Vec` of `Email`
use rebis::prelude::*;

#[derive(Value, Clone, Debug, PartialEq)]
#[value(write = "lower({})")]
struct Email(String);

#[derive(Model)]
#[model(table = "letters")]
struct Letter {
    #[column(primary_key)]
    id: i64,
    copies: Vec<Email>,
}

fn main() {}
