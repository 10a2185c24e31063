// says: `sql!` takes one string literal
use rebis::prelude::*;

fn main() {
    let text = String::from("select 1");
    let _ = sql!(text);
}
