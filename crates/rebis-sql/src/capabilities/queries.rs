//! What a database can do in a SELECT, as data.

use crate::ast::{DatePart, Interval};
use rebis_core::SqlType;

/// What a SELECT may say, and how. Part of [`Capabilities`](crate::Capabilities).
///
/// ```
/// use rebis_sql::dialect;
/// assert!(dialect::postgres().queries.lateral && !dialect::sqlite().queries.lateral);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Queries {
    /// `FOR NO KEY UPDATE` and `FOR KEY SHARE`; without them the stronger lock is taken.
    pub key_locks: bool,
    /// `FOR UPDATE OF` a table.
    pub lock_of: bool,
    /// Where `WITH` can stand before a statement that writes; else it stands before the SELECTs within.
    pub with_before_writes: WithBefore,
    /// INSERT, UPDATE and DELETE with RETURNING can stand in `WITH`.
    pub writes_in_with: bool,
    /// `AS MATERIALIZED`; without it the hint is left out.
    pub materialized: bool,
    /// `LATERAL`.
    pub lateral: bool,
    /// `FULL JOIN`.
    pub full_join: bool,
    /// How rows that the program has stand in FROM.
    pub values: ValuesForm,
    /// How functions that give rows stand in FROM.
    pub table_functions: TableFunctions,
    /// `TABLESAMPLE`.
    pub table_sample: bool,
    /// `DISTINCT ON`; without it the rows are ranked.
    pub distinct_on: bool,
    /// `FETCH FIRST .. ROWS WITH TIES`; without it the rows are ranked.
    pub with_ties: bool,
    /// `INTERSECT ALL` and `EXCEPT ALL`; without them equal rows are numbered.
    pub set_all: bool,
    /// `GROUPING SETS`, `ROLLUP` and `CUBE`; without them each grouping is a SELECT of a UNION ALL.
    pub groupings: bool,
    /// `GROUPS` and `EXCLUDE` in the frame of a window.
    pub frame_groups: bool,
    /// `WITHIN GROUP (ORDER BY ..)`.
    pub within_group: bool,
    /// ORDER BY within the arguments of an aggregate.
    pub aggregate_order: bool,
    /// What an aggregate writes between texts is a clause, not an argument.
    pub separator_clause: bool,
    /// `ANY` and `ALL` of a subquery; without them it is asked with `EXISTS`.
    pub quantified: bool,
    /// The sign for a match of a regular expression, with its blanks; or nothing.
    pub regex: &'static str,
    /// What ends `regexp_replace(text, pattern, with` so that all matches are replaced; or there is no such function.
    pub replace_regex: Option<&'static str>,
    /// What can be said of the indexes that a table is read by.
    pub index_hints: IndexHints,
    /// How a text is read as another type, NULL where it is none.
    pub try_cast: TryCast,
    /// A length of time in seconds: what stands before it and behind.
    pub seconds: [&'static str; 2],
    /// How texts are searched by words.
    pub full_text: FullText,
    /// A part of a date or time: what stands before it and behind. Nothing: the database cannot tell.
    pub extract: fn(DatePart) -> [&'static str; 2],
    /// A date or time that is moved: what stands before it and behind.
    pub shift: fn(Interval, &SqlType) -> [String; 2],
    /// A date or time that is moved by a length of time of the row, back or not, and the type of the result: what stands
    /// before the date, between the two, and behind the length.
    pub moved: fn(bool, &SqlType) -> [String; 3],
    /// The time between two dates or times of a type: what stands before them, between them and behind them.
    pub elapsed: fn(&SqlType) -> [String; 3],
    /// The earlier of the two stands first.
    pub elapsed_from_first: bool,
    /// The days between two dates: what stands before the later, between them, and behind the earlier.
    pub days_between: [&'static str; 3],
}

impl Queries {
    /// The standard.
    pub const fn standard() -> Self {
        Queries {
            key_locks: false,
            lock_of: true,
            with_before_writes: WithBefore::All,
            writes_in_with: false,
            materialized: false,
            lateral: true,
            full_join: true,
            values: ValuesForm::Typed,
            table_functions: TableFunctions::Named,
            table_sample: false,
            distinct_on: false,
            with_ties: true,
            set_all: true,
            groupings: true,
            frame_groups: true,
            within_group: true,
            aggregate_order: true,
            separator_clause: false,
            quantified: true,
            regex: "",
            replace_regex: None,
            index_hints: IndexHints::None,
            try_cast: TryCast::Own,
            seconds: ["CAST(extract(epoch FROM ", ") AS DOUBLE PRECISION)"],
            full_text: FullText::None,
            extract: crate::dialect::standard_extract,
            shift: crate::dialect::standard_shift,
            moved: crate::dialect::standard_moved,
            elapsed: crate::dialect::standard_elapsed,
            elapsed_from_first: false,
            days_between: ["(CAST(", " AS DATE) - CAST(", " AS DATE))"],
        }
    }
}

/// Before which statements that write `WITH` can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WithBefore {
    /// INSERT, UPDATE and DELETE.
    All,
    /// UPDATE and DELETE.
    Changes,
    /// None: only SELECT has it.
    None,
}

/// How rows that the program has stand in FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValuesForm {
    /// `(VALUES (CAST(1 AS BIGINT), ..), ..) AS v (a, b)`.
    Typed,
    /// `(SELECT column1 AS a, column2 AS b FROM (VALUES (1, ..), ..)) AS v`.
    Numbered,
    /// `(SELECT 1 AS a, .. AS b UNION ALL SELECT ..) AS v`.
    Union,
}

/// How functions that give rows stand in FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableFunctions {
    /// `f(..) AS v (a, b)`.
    Named,
    /// `f(..) AS v`: the names of the columns are the function's.
    Plain,
    /// Not at all.
    None,
}

/// What can be said of the indexes that a table is read by; what cannot is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexHints {
    /// `USE INDEX (a, b)`, `FORCE INDEX (a)`, `IGNORE INDEX (a)`.
    Lists,
    /// `INDEXED BY a`, `NOT INDEXED`.
    One,
    /// Nothing.
    None,
}

/// How a text is read as another type, NULL where it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryCast {
    /// `TRY_CAST(a AS type)`.
    Own,
    /// By a regular expression before the cast, whose end of the text is written so.
    Pattern(&'static str),
    /// By its characters before the cast: there are no regular expressions.
    Characters,
}

/// How texts are searched by words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FullText {
    /// `to_tsvector(a) @@ plainto_tsquery(..)`.
    Vectors,
    /// `MATCH (a, b) AGAINST (..)`.
    Against,
    /// `a MATCH ..`, of a table made for it.
    Match,
    /// Not at all.
    None,
}
