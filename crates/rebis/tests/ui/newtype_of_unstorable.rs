// says: `Money`
use rebis::prelude::*;

pub struct Money(i64);

#[derive(Value, Clone)]
pub struct Price(Money);

fn main() {}
