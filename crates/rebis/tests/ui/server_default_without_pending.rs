// says: `Money`
use rebis::prelude::*;

#[derive(Clone)]
pub struct Money(i64);

impl rebis::Value for Money {
    type Base = Money;
    fn sql_type() -> rebis::SqlType {
        rebis::SqlType::I64
    }
    fn encode(&self, out: &mut rebis::Binds) {
        out.int(self.0);
    }
    fn decode(cell: rebis::Cell<'_>) -> rebis::Result<Self> {
        <i64 as rebis::Value>::decode(cell).map(Money)
    }
    fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

#[derive(Model)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    #[column(server_default = "0")]
    pub total: Money,
}

fn main() {}
