//! A type whose values SQL wraps on the way in and unwraps on the way out.

use rebis_core::{Binds, Cell, Conversion, Result, SqlType, Value};

/// Digits in the program, bytes in the database: SQL turns the one into the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hex(pub(super) String);

impl Value for Hex {
    const CONVERSION: Option<&'static Conversion> = Some(
        &Conversion::NONE
            .write(["unhex(", ")"])
            .write_in(&[("postgres", ["decode(", ", 'hex')"])])
            .read(["hex(", ")"])
            .read_in(&[("postgres", ["upper(encode(", ", 'hex'))"])]),
    );
    type Base = Hex;
    fn sql_type() -> SqlType {
        SqlType::Bytes
    }
    fn encode(&self, out: &mut Binds) {
        out.text(&self.0);
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        String::decode(cell).map(Hex)
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}
