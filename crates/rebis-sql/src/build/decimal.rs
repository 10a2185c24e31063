//! Decimals are numbers.

use super::Numeric;
use rust_decimal::Decimal;

impl Numeric for Decimal {
    type Sum = Option<Decimal>;
}

impl Numeric for Option<Decimal> {
    type Sum = Option<Decimal>;
}
