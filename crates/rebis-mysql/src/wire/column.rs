//! What the server tells of the columns of a result.

use super::packet::Parts;
use crate::values::{As, Form};

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) form: Form,
}

impl Column {
    pub(super) fn read(packet: &[u8]) -> Column {
        let mut parts = Parts(packet);
        let mut counted = || parts.counted().unwrap_or_default();
        let (_catalog, _schema, _table, table, name, _column) =
            (counted(), counted(), counted(), counted(), counted(), counted());
        let name = String::from_utf8_lossy(name).into_owned();
        parts.number();
        let charset = parts.u16();
        parts.u32();
        let (kind, flags) = (parts.u8(), parts.u16());
        Column { name, form: Form::of(kind, flags, charset, table.is_empty()) }
    }
}

/// The columns of a result, and the form in which its rows come.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) all: Vec<Column>,
    /// As of a prepared statement; else all values are texts.
    pub(crate) is_binary: bool,
    /// Whether a value is written anew, as a text.
    pub(crate) has_moments: bool,
}

impl Columns {
    pub(crate) fn new(all: Vec<Column>, is_binary: bool) -> Columns {
        let has_moments = is_binary && all.iter().any(|column| column.form.of == As::Moment);
        Columns { all, is_binary, has_moments }
    }

    /// Whether a value of 32 bits may have lost digits on its way.
    pub(crate) fn cuts(&self) -> bool {
        !self.is_binary && self.all.iter().any(|column| column.form.of == As::Float32)
    }
}

impl rebis_driver::Columns for Columns {
    fn len(&self) -> usize {
        self.all.len()
    }

    fn name(&self, index: usize) -> &str {
        self.all.get(index).map_or("", |column| &column.name)
    }
}
