// says: the type within is wrapped in SQL already
use rebis::prelude::*;

#[derive(Value, Clone, Debug, PartialEq)]
#[value(write = "lower({})")]
struct Email(String);

#[derive(Value, Clone, Debug, PartialEq)]
#[value(write = "trim({})")]
struct Tidy(Email);

#[derive(Model)]
#[model(table = "letters")]
struct Letter {
    #[column(primary_key)]
    id: i64,
    to: Tidy,
}

fn main() {}
