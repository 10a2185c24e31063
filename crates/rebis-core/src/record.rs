//! Rows of tables that a program learns of when it runs.

use crate::{Cell, Datum, Error, ErrorKind, Result, Row, Value};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// The names of the columns of a result.
pub type Names = Arc<[String]>;

/// A row whose columns nobody knew when the program was compiled: values by the names that they have in the result.
///
/// ```
/// use rebis_core::{Cell, Datum, Record, Row};
/// let mut record = Record::plain(&[Cell::Int(5), Cell::Null])?;
/// Record::name_plain(&mut record, &["id".to_owned(), "note".to_owned()].into());
/// assert_eq!(record.get::<i64>("id")?, 5);
/// assert_eq!(record.get::<Option<String>>("note")?, None);
/// assert_eq!(record.datum("id"), Some(&Datum::Int(5)));
/// assert_eq!(record.get::<i64>("age").unwrap_err().message(), "the row has no column `age`");
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Record {
    names: Names,
    values: Vec<Datum>,
}

impl Record {
    /// The value of a column as a type.
    ///
    /// # Errors
    /// [`NoSuchObject`](ErrorKind::NoSuchObject): there is no such column; a conversion error: it holds something else.
    pub fn get<T: Value>(&self, name: &str) -> Result<T> {
        let datum = self.datum(name).ok_or_else(|| self.missing(name))?;
        T::decode(datum.cell()).map_err(|error| error.with_column(name))
    }

    /// The value of a column as it came.
    pub fn datum(&self, name: &str) -> Option<&Datum> {
        self.names.iter().position(|known| known == name).and_then(|at| self.values.get(at))
    }

    /// The columns with their values, in the order of the result.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Datum)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }

    #[cold]
    fn missing(&self, name: &str) -> Error {
        Error::new(ErrorKind::NoSuchObject, format!("the row has no column `{name}`"))
            .with_column(name)
            .with_help(format!("it has: {}", self.names.join(", ")))
    }
}

/// The names of the columns; values are not shown unasked.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({})", self.names.join(", "))
    }
}

impl Row for Record {
    type Plain = Record;
    type Tracked = Record;
    /// As wide as the result.
    const WIDTH: usize = 0;
    const KEEPS_NAMES: bool = true;

    fn plain(cells: &[Cell<'_>]) -> Result<Record> {
        Ok(Record { names: Arc::from([]), values: cells.iter().map(|cell| Datum::from(*cell)).collect() })
    }

    fn track(cells: &[Cell<'_>], _: &mut dyn Any) -> Result<Record> {
        Record::plain(cells)
    }

    fn name_plain(row: &mut Record, names: &Names) {
        row.names = names.clone();
    }

    fn name_tracked(row: &mut Record, names: &Names) {
        row.names = names.clone();
    }
}
