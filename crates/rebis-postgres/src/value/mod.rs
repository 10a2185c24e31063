//! Values on their way: cells to parameters, columns of a result to cells.
//!
//! * `types`: the numbers that PostgreSQL gives to types.
//! * `encode`: which type a parameter declares, and its bytes.
//! * `lines`: rows in the form that COPY takes.
//! * `decode`: a row as a slice of cells.
//! * `binary`, `text`: one value of a result, in either of the forms that PostgreSQL has.
//!
//! # Parameters
//!
//! | Cell | Declared | |
//! |---|---|---|
//! | integer | `int4` if it fits, else `int8` | a literal does the same: `substr(s, $1, $2)` wants `int4` |
//! | boolean, float, bytes, uuid, date and times | the type of that name | |
//! | length of time | `interval` | |
//! | decimal, unsigned integer | `numeric` | |
//! | text, array, address, range, NULL | nothing | the server infers the type, as it does for `'a literal'` |
//!
//! So a text goes into a column of any type that can be written as a literal: `jsonb`, an enum, `inet`, an array. Where
//! nothing tells the type (`concat($1)`, `$1 IS NULL`), a text is declared to be one. Such places that the text of the
//! statement does not show are the server's error once; from then on all texts of that statement are declared.
//!
//! # Results
//!
//! Known types come in binary form once the columns are known (a statement that is kept prepared), before that as
//! text. Every other type (enums, arrays, ranges, `money`, `inet`, types of extensions) comes as the text
//! that `psql` would show: the catalogue is never asked.

mod binary;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod lines;
mod text;
mod types;

/// Microseconds between 1970-01-01 and 2000-01-01, from which PostgreSQL counts.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// The same in days.
const EPOCH_DAYS: i32 = 10_957;
