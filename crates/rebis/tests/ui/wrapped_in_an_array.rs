// says: `Vec<Email>` cannot be stored in a column
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
