//! What SQL makes of the values of a type on their way into the database and out of it.

/// How a database keeps values of a type in a form of its own: what stands around a parameter where a value is bound, and
/// around a column where it is read. Each is a text before and one behind, for all databases or for some; the names of
/// databases are those of `sql_type`: `sqlite`, `postgres`, `mysql` (MariaDB too, unless there is a `mariadb`).
///
/// Within SQL an expression of the type has the form in which it is kept: columns are compared with columns as they are,
/// and with parameters that are wrapped. A column is unwrapped where it leaves the statement, not in a subquery.
///
/// NULL must stay NULL on both ways.
///
/// ```
/// use rebis_core::{Binds, Cell, Conversion, Error, Result, SqlType, Value};
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct Point(f64, f64);
///
/// impl Value for Point {
///     const CONVERSION: Option<&'static Conversion> = Some(
///         &Conversion::NONE
///             .kept_as(&[("postgres", "GEOMETRY"), ("mysql", "POINT")])
///             .write_in(&[("postgres", ["ST_GeomFromText(", ")"]), ("mysql", ["ST_GeomFromText(", ")"])])
///             .read_in(&[("postgres", ["ST_AsText(", ")"]), ("mysql", ["ST_AsText(", ")"])]),
///     );
///     type Base = Point;
///     fn sql_type() -> SqlType {
///         SqlType::Text { length: None } // what is bound and read, and the column where nothing else is said
///     }
///     fn encode(&self, out: &mut Binds) {
///         out.text(&format!("POINT({} {})", self.0, self.1));
///     }
///     fn decode(cell: Cell<'_>) -> Result<Self> {
///         let text = String::decode(cell)?;
///         let numbers = text.strip_prefix("POINT(").and_then(|rest| rest.strip_suffix(')'));
///         let (x, y) = numbers.and_then(|numbers| numbers.split_once(' ')).unwrap_or_default();
///         match (x.parse(), y.parse()) {
///             (Ok(x), Ok(y)) => Ok(Point(x, y)),
///             _ => Err(Error::conversion("this is no point")),
///         }
///     }
///     fn same(&self, other: &Self) -> bool {
///         self == other
///     }
/// }
///
/// let around = Point::CONVERSION.and_then(|conversion| conversion.read.of(&["mariadb", "mysql"]));
/// assert_eq!(around, Some(["ST_AsText(", ")"]));
/// assert_eq!(Point::decode(Cell::Text(b"POINT(1 2.5)"))?, Point(1.0, 2.5));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversion {
    /// Around a parameter.
    pub write: Around,
    /// Around a column.
    pub read: Around,
    /// The type of a column in the words of a database (empty: of every database), where it is not that of the values.
    pub types: &'static [(&'static str, &'static str)],
}

/// What stands before and behind an expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Around {
    all: Option<[&'static str; 2]>,
    some: &'static [(&'static str, [&'static str; 2])],
}

impl Conversion {
    /// Nothing stands around anything.
    pub const NONE: Conversion = Conversion {
        write: Around { all: None, some: &[] },
        read: Around { all: None, some: &[] },
        types: &[],
    };

    /// With texts around a parameter: `.write(["lower(", ")"])`.
    pub const fn write(mut self, around: [&'static str; 2]) -> Self {
        self.write.all = Some(around);
        self
    }

    /// With texts around a parameter in some databases, which come before those for all.
    pub const fn write_in(mut self, around: &'static [(&'static str, [&'static str; 2])]) -> Self {
        self.write.some = around;
        self
    }

    /// With texts around a column.
    pub const fn read(mut self, around: [&'static str; 2]) -> Self {
        self.read.all = Some(around);
        self
    }

    /// With texts around a column in some databases, which come before those for all.
    pub const fn read_in(mut self, around: &'static [(&'static str, [&'static str; 2])]) -> Self {
        self.read.some = around;
        self
    }

    /// With the type of a column in the words of databases; an empty word is every other database.
    pub const fn kept_as(mut self, types: &'static [(&'static str, &'static str)]) -> Self {
        self.types = types;
        self
    }
}

/// The conversion that a newtype says, around a type that has none.
#[doc(hidden)]
pub const fn own_conversion(
    own: &'static Conversion,
    inner: Option<&'static Conversion>,
) -> Option<&'static Conversion> {
    assert!(inner.is_none(), "the type within is wrapped in SQL already: say all of it in one place");
    Some(own)
}

/// Elements of an array are not wrapped one by one.
pub(crate) const fn of_array(elements: Option<&'static Conversion>) -> Option<&'static Conversion> {
    assert!(
        elements.is_none(),
        "an array cannot hold values that are wrapped in SQL: take the `impl Element` away"
    );
    None
}

impl Around {
    /// The texts for a database that goes by these words, the first before the others; none where it needs none.
    pub fn of(&self, words: &[&str]) -> Option<[&'static str; 2]> {
        let own = words.iter().find_map(|word| self.some.iter().find(|(of, _)| of == word));
        own.map(|(_, around)| *around).or(self.all).filter(|around| *around != ["", ""])
    }

    /// The words of databases that it has texts for.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.some.iter().map(|(word, _)| *word)
    }
}
