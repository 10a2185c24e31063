// says: `&Point` cannot be bound to a parameter
use rebis::prelude::*;

struct Point;

fn main() {
    let here = Point;
    let _ = sql!("select * from places where at = {here}");
}
