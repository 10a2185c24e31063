// says: `Live`
use rebis::prelude::*;

#[derive(SqlEnum, Clone)]
pub enum Status {
    Draft,
    Live(i64),
}

fn main() {}
