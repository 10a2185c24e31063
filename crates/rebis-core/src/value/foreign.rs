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

    impl Pending for Uuid {
        fn pending() -> Self {
            Uuid::nil()
        }
    }

    impl crate::Key for Uuid {}
}
