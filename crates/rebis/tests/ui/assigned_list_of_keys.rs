// says: write `key(shop, number)`
use rebis::prelude::*;

#[derive(Model)]
#[model(foreign_key(columns(shop, number), references = Order(shop, number)))]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub shop: String,
    pub number: i64,
    #[relation(key = (shop, number))]
    pub order: BelongsTo<Order>,
}

#[derive(Model)]
pub struct Order {
    #[column(primary_key)]
    pub shop: String,
    #[column(primary_key)]
    pub number: i64,
}

fn main() {}
