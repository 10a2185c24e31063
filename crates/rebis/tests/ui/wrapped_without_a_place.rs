// says: `lower` needs one `{}`, where the parameter stands
use rebis::prelude::*;

#[derive(Value, Clone, Debug, PartialEq)]
#[value(write = "lower")]
struct Email(String);

#[derive(Value, Clone, Debug, PartialEq)]
#[value(read(postgres = "coalesce({}, {})"))]
struct Twice(String);

#[derive(Value, Clone, Debug, PartialEq)]
#[value(writes = "lower({})")]
struct Misspelt(String);

fn main() {}
