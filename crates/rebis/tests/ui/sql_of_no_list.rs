// says: `&Point` is not a list for `in`
use rebis::prelude::*;

struct Point;

fn main() {
    let here = Point;
    let _ = sql!("select * from places where id in {here}");
}
