//! What databases do differently, and no capability tells.

use rebis_core::ErrorKind;

/// How statements turn out in one database. The default is the strict one: what does not fit is refused.
///
/// ```
/// use rebis_testkit::conformance::language::Facts;
///
/// // A database that keeps texts of any length in a column of any length.
/// let facts = Facts { lengths: false, ..Facts::default() };
/// assert!(facts.ranges);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// What a division by zero is: an error of this kind, or NULL.
    pub division_by_zero: Option<ErrorKind>,
    /// A text that is longer than its column is refused.
    pub lengths: bool,
    /// A number outside of the range of its column is refused.
    pub ranges: bool,
    /// A value of another type than its column is refused.
    pub types: bool,
    /// `LIKE` tells `a` from `A`.
    pub like_minds_case: bool,
    /// Texts that differ in blanks at their end are not equal.
    pub minds_blanks: bool,
    /// `lower` and `upper` know more than the letters of ASCII.
    pub folds_unicode: bool,
    /// What refuses a text that is no JSON in a column of JSON.
    pub bad_document: ErrorKind,
    /// A text may hold a NUL.
    pub nul: bool,
    /// Floats may be infinite.
    pub infinity: bool,
    /// A digit beyond the scale of a decimal is rounded away; else all digits are kept.
    pub scales: bool,
    /// Who reads does not wait for who writes, and the other way round.
    pub readers_and_writers: bool,
    /// What a serializable transaction has read waits for it before others write it.
    pub locks_what_it_read: bool,
    /// An error about a unique constraint names the constraint; else the columns.
    pub names_uniques: bool,
    /// An error about a foreign key names it.
    pub names_foreign_keys: bool,
    /// Foreign keys can set a column to its default.
    pub set_default: bool,
    /// A statement may change a table that a subquery of it reads.
    pub reads_what_it_writes: bool,
    /// What makes the transactions of a session read-only, before they begin.
    pub read_only: &'static str,
    /// Makes a schema, `{}`, for the connection.
    pub make_schema: &'static str,
    /// Takes it away again, when it is empty.
    pub drop_schema: &'static str,
    /// The longest name of a table in bytes.
    pub longest_name: usize,
    /// Golden statements (`topic: name`) that the server at hand refuses, though the capabilities have them.
    pub lacks: &'static [&'static str],
    /// The greatest number of columns of a result.
    pub most_columns: usize,
}

impl Default for Facts {
    fn default() -> Self {
        Facts {
            division_by_zero: Some(ErrorKind::Conversion),
            lengths: true,
            ranges: true,
            types: true,
            like_minds_case: true,
            minds_blanks: true,
            folds_unicode: true,
            bad_document: ErrorKind::Conversion,
            nul: false,
            infinity: true,
            scales: true,
            readers_and_writers: true,
            locks_what_it_read: false,
            names_uniques: true,
            names_foreign_keys: true,
            set_default: true,
            reads_what_it_writes: true,
            read_only: "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            make_schema: "CREATE SCHEMA {}",
            drop_schema: "DROP SCHEMA {}",
            longest_name: 63,
            lacks: &[],
            most_columns: 1000,
        }
    }
}
