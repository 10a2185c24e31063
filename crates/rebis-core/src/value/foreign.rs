//! Types of other crates, each behind the feature of its name.

#[cfg(feature = "uuid")]
mod uuid_type {
    use crate::value::{Pending, Value, mismatch};
    use crate::{Binds, Cell, Result, SqlType};
    use uuid::Uuid;

    /// Native where the database has a UUID type, else 16 bytes.
    impl Value for Uuid {
        type Base = Uuid;
        fn sql_type() -> SqlType {
            SqlType::Uuid
        }
        fn encode(&self, out: &mut Binds) {
            out.push(Cell::Uuid(self.into_bytes()));
        }
        fn decode(cell: Cell<'_>) -> Result<Self> {
            match cell {
                Cell::Uuid(bytes) => Ok(Uuid::from_bytes(bytes)),
                Cell::Blob(bytes) => {
                    Uuid::from_slice(bytes).map_err(|_| mismatch("a uuid of 16 bytes", cell))
                }
                Cell::Text(text) => Uuid::try_parse_ascii(text).map_err(|_| mismatch("a uuid", cell)),
                other => Err(mismatch("a uuid", other)),
            }
        }
        fn same(&self, other: &Self) -> bool {
            self == other
        }
    }

    impl crate::Element for Uuid {}

    impl Pending for Uuid {
        fn pending() -> Self {
            Uuid::nil()
        }
    }

    impl crate::Key for Uuid {
        #[inline]
        fn canonical(cell: Cell<'_>) -> Option<Cell<'_>> {
            match cell {
                Cell::Uuid(_) => Some(cell),
                Cell::Blob(bytes) => bytes.try_into().ok().map(Cell::Uuid),
                _ => None,
            }
        }
    }
}

#[cfg(feature = "decimal")]
mod decimal_type {
    use crate::value::{Pending, Value, mismatch};
    use crate::{Binds, Cell, Result, SqlType};
    use rust_decimal::Decimal;

    /// Exact: an exact type where the database has one, else text. A float in the database is refused, because it is
    /// not exact.
    impl Value for Decimal {
        type Base = Decimal;
        fn sql_type() -> SqlType {
            SqlType::Decimal { precision: None }
        }
        fn encode(&self, out: &mut Binds) {
            out.push(Cell::Decimal(&self.to_string()));
        }
        fn decode(cell: Cell<'_>) -> Result<Self> {
            match cell {
                Cell::Decimal(text) => text.parse().map_err(|_| mismatch("a decimal number", cell)),
                Cell::Text(bytes) => {
                    let text = std::str::from_utf8(bytes).ok();
                    text.and_then(|text| text.parse().ok()).ok_or_else(|| mismatch("a decimal number", cell))
                }
                Cell::Int(v) => Ok(Decimal::from(v)),
                other => Err(mismatch("a decimal number", other)),
            }
        }
        fn same(&self, other: &Self) -> bool {
            self == other
        }
    }

    impl crate::Element for Decimal {}
    impl crate::Ranged for Decimal {}

    impl Pending for Decimal {
        fn pending() -> Self {
            Decimal::ZERO
        }
    }
}
