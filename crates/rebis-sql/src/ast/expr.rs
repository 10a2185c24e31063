//! Expressions.

use super::{Order, Select, TableRef, Window};
use rebis_core::{Conversion, Datum, Name, SqlType, Value};

/// An expression. A SQL function is data ([`Call`]), not a variant.
///
/// What `build` makes can be taken apart and put together by hand.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let name = ast::Expr::Column(ast::ColumnRef { source: "users".into(), name: "name".into() });
/// let sound = ast::Call::new("soundex", vec![name]);
/// assert_eq!(show(Expr::<String>::from_ast(ast::Expr::Call(sound))), "soundex(users.name)");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Expr {
    /// A column of a table in FROM.
    Column(ColumnRef),
    /// A value that is bound.
    Value(Datum),
    /// A value that is written into the text: `NULL`, `TRUE`, numbers that a program never chooses.
    Literal(Datum),
    /// A value that is known only when the statement runs.
    Late(Late),
    /// A parameter of a prepared statement, by its number.
    Param(usize),
    /// An operator with one operand.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        of: Box<Expr>,
    },
    /// An operator with two operands.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// All of these; none at all is true.
    And(Vec<Expr>),
    /// Any of these; none at all is false.
    Or(Vec<Expr>),
    /// `IS NULL`.
    IsNull {
        /// The operand.
        of: Box<Expr>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// `IN`; an empty list is false (negated: true), whatever the operand.
    In {
        /// What is looked for.
        of: Box<Expr>,
        /// Where.
        set: InSet,
        /// `NOT IN`.
        negated: bool,
    },
    /// `BETWEEN`, both ends included.
    Between {
        /// What is compared.
        of: Box<Expr>,
        /// Lower end.
        low: Box<Expr>,
        /// Upper end.
        high: Box<Expr>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `LIKE`.
    Like {
        /// What is matched.
        of: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// The character that takes their meaning from `%` and `_`.
        escape: Option<char>,
        /// Whether case matters not.
        insensitive: bool,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// `CASE`.
    Case {
        /// What the arms are compared with; without it they are conditions.
        of: Option<Box<Expr>>,
        /// Conditions or values, and results.
        arms: Vec<(Expr, Expr)>,
        /// `ELSE`.
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST`.
    Cast {
        /// The operand.
        of: Box<Expr>,
        /// The wanted type.
        to: SqlType,
    },
    /// A function or aggregate.
    Call(Call),
    /// A function over the rows of a window.
    Over {
        /// The function.
        call: Box<Expr>,
        /// The rows.
        window: Box<Window>,
    },
    /// `*`, as in `count(*)`.
    Star,
    /// `EXISTS`.
    Exists {
        /// The subquery.
        select: Box<Select>,
        /// `NOT EXISTS`.
        negated: bool,
    },
    /// A subquery of one column and at most one row.
    Scalar(Box<Select>),
    /// `ANY (..)` or `ALL (..)`, on the right of a comparison.
    Quantified {
        /// All of the rows; else any.
        all: bool,
        /// A subquery of one column, which has a name.
        select: Box<Select>,
    },
    /// What databases spell each in its own way.
    Special {
        /// Which.
        what: Special,
        /// The operands.
        of: Vec<Expr>,
    },
    /// A row value: `(a, b)`.
    Tuple(Vec<Expr>),
    /// Text with parameters.
    Raw(Vec<Piece>),
    /// A column of the result, by its label; for ORDER BY and GROUP BY.
    Label(Name),
    /// What is inside of a JSON document.
    Json {
        /// The document.
        of: Box<Expr>,
        /// The place in it.
        place: Box<JsonPlace>,
    },
    /// What a row of an INSERT leaves to the default of its column.
    Default,
    /// A column of the row that an INSERT proposed and that met another: `excluded.name`.
    Proposed(Name),
}

impl Expr {
    /// A value that is bound, as the database keeps values of its type.
    pub fn of<T: Value>(value: &T) -> Expr {
        Expr::Value(Datum::of(value)).kept(T::CONVERSION)
    }

    /// How the database keeps it, if it is a value that is wrapped.
    pub(crate) fn kept_by(&self) -> Option<&'static Conversion> {
        match self {
            Expr::Special { what: Special::Kept(by), of: _ } => Some(by),
            _ => None,
        }
    }

    /// The same, wrapped as the database keeps it. NULL is NULL in every form.
    pub fn kept(self, conversion: Option<&'static Conversion>) -> Expr {
        match conversion {
            Some(by) if !matches!(&self, Expr::Value(datum) if datum.is_null()) => {
                Expr::Special { what: Special::Kept(by), of: vec![self] }
            }
            _ => self,
        }
    }
}

/// A column of something in FROM.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// The alias, or the table's name where it has none.
    pub source: Name,
    /// The column's name.
    pub name: Name,
}

/// A value that only the session can tell, when it runs the statement: a key of a handle. What the numbers mean
/// is the session's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Late(pub [u32; 4]);

/// A function call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function's name, written as it is.
    pub name: Name,
    /// Arguments.
    pub args: Vec<Expr>,
    /// What only an aggregate has, if it has any of it.
    pub clauses: Option<Box<AggregateClauses>>,
}

/// What an aggregate may say beside its arguments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AggregateClauses {
    /// `DISTINCT` before the arguments.
    pub distinct: bool,
    /// `FILTER (WHERE ..)`.
    pub filter: Option<Expr>,
    /// What is written between texts.
    pub separator: Option<Name>,
    /// In which order the rows are taken.
    pub order_by: Vec<Order>,
    /// `WITHIN GROUP (ORDER BY ..)`.
    pub within_group: Vec<Order>,
}

impl Call {
    /// A function of arguments.
    pub fn new(name: impl Into<Name>, args: Vec<Expr>) -> Self {
        Call { name: name.into(), args, clauses: None }
    }

    /// With a clause of an aggregate.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut AggregateClauses)) -> Self {
        change(self.clauses.get_or_insert_default());
        self
    }
}

/// What databases spell each in its own way.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Special {
    /// A text, compared by a collation.
    Collate(Name),
    /// A part of a date or time.
    Extract(DatePart),
    /// A date or time, moved; and the type of the result.
    Shift(Interval, SqlType),
    /// A date or time, moved by a length of time that stands behind it; and the type of the result.
    Move {
        /// Back in time.
        back: bool,
        /// The type.
        to: SqlType,
    },
    /// The time from the date or time that stands last to the first; and the type of both.
    Elapsed(SqlType),
    /// What holds values, and what it holds: a container, and a value or another container.
    Holds {
        /// What is asked.
        what: Holding,
        /// The type of the container.
        of: Box<SqlType>,
        /// Whether the first operand may be NULL.
        nullable: bool,
    },
    /// Something of an array, and the type of its elements. The array stands first.
    Array {
        /// What of it.
        what: ArrayOp,
        /// The type of an element.
        of: Box<SqlType>,
        /// Whether the array may be NULL.
        nullable: bool,
    },
    /// Something of a range, which stands first.
    Range(RangeOp),
    /// Something of a JSON document, which stands first, at a place in it.
    Document {
        /// What.
        what: DocumentOp,
        /// The way to the place.
        steps: Vec<JsonStep>,
    },
    /// The days between two dates, of which the later stands first.
    DaysBetween,
    /// A text, what of it matches a regular expression, and what stands there instead.
    ReplaceRegex,
    /// A text as another type, NULL where it does not read as one.
    TryCast(SqlType),
    /// A length of time in seconds.
    Seconds,
    /// A search in words, which stand last, through the texts before them.
    FullText(Box<FullTextSearch>),
    /// Several groupings at once, in GROUP BY. The operands are sets: tuples.
    Grouping(GroupingKind),
    /// A value, wrapped as the database keeps it.
    Kept(&'static Conversion),
    /// What a database keeps in a form of its own, unwrapped.
    Unwrapped(&'static Conversion),
}

/// A search in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FullTextSearch {
    /// The language whose words they are, where the database knows languages; without one words are as they stand.
    pub language: Option<Name>,
    /// The index to search, where a search must name it.
    pub index: Option<Name>,
    /// How well the texts match is wanted; else whether they do.
    pub rank: bool,
}

/// What is asked of a container (an array, a range, a network), which is the first operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holding {
    /// Whether a value is in it.
    One,
    /// Whether all of another is in it.
    All,
    /// Whether something of another is in it.
    Some,
    /// Whether all of it is in another.
    Within,
}

/// Operations on arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArrayOp {
    /// How many elements it has.
    Length,
    /// One of its elements, from 0.
    At(u32),
    /// Its elements from one, from 0, to before another.
    Slice(u32, u32),
    /// With an element behind it.
    Append,
    /// With the elements of another behind it.
    Concat,
    /// Without the elements that are equal to a value.
    Remove,
    /// Its elements as rows; in FROM.
    Elements,
}

/// Operations on JSON documents. A document that stands second is text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentOp {
    /// Whether what is there contains another document.
    Contains,
    /// With another document there.
    SetAt,
    /// Without what is there.
    Remove,
    /// The elements of the array there, as rows of a type; in FROM.
    Elements(Box<SqlType>),
}

/// Operations on ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RangeOp {
    /// Its lower end.
    Lower,
    /// Its upper end.
    Upper,
    /// Whether nothing is in it.
    Empty,
    /// Whether all of it comes before all of another.
    Before,
    /// Whether all of it comes behind all of another.
    After,
    /// Whether nothing lies between it and another, and nothing is in both.
    Adjacent,
    /// What is in both.
    Intersection,
    /// What is in one or the other, which touch.
    Union,
    /// What is in it and not in another.
    Difference,
}

/// Parts of a date or time, as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// 1 to 4.
    Quarter,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 1 to 366.
    DayOfYear,
    /// 0 (Sunday) to 6.
    DayOfWeek,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59, without the fraction.
    Second,
    /// Seconds since 1970.
    Epoch,
}

/// How far a date or time is moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// Months; a day that the month does not have becomes its last.
    pub months: i32,
    /// Days.
    pub days: i32,
    /// Seconds.
    pub seconds: i64,
}

impl Interval {
    /// So many days.
    ///
    /// ```
    /// use rebis_sql::Interval;
    /// assert_eq!(Interval::weeks(1) + Interval::days(-1), Interval::days(6));
    /// assert_eq!(-Interval::years(1), Interval::months(-12));
    /// assert_eq!(Interval::from(std::time::Duration::from_secs(90)), Interval::seconds(90));
    /// ```
    pub const fn days(days: i32) -> Self {
        Interval { months: 0, days, seconds: 0 }
    }

    /// So many weeks. See [`days`](Interval::days).
    pub const fn weeks(weeks: i32) -> Self {
        Interval::days(weeks.saturating_mul(7))
    }

    /// So many months. See [`days`](Interval::days).
    pub const fn months(months: i32) -> Self {
        Interval { months, days: 0, seconds: 0 }
    }

    /// So many years. See [`days`](Interval::days).
    pub const fn years(years: i32) -> Self {
        Interval::months(years.saturating_mul(12))
    }

    /// So many seconds. See [`days`](Interval::days).
    pub const fn seconds(seconds: i64) -> Self {
        Interval { months: 0, days: 0, seconds }
    }

    /// So many minutes. See [`days`](Interval::days).
    pub const fn minutes(minutes: i64) -> Self {
        Interval::seconds(minutes.saturating_mul(60))
    }

    /// So many hours. See [`days`](Interval::days).
    pub const fn hours(hours: i64) -> Self {
        Interval::seconds(hours.saturating_mul(3600))
    }
}

impl std::ops::Add for Interval {
    type Output = Interval;
    fn add(self, other: Interval) -> Interval {
        Interval {
            months: self.months.saturating_add(other.months),
            days: self.days.saturating_add(other.days),
            seconds: self.seconds.saturating_add(other.seconds),
        }
    }
}

impl std::ops::Neg for Interval {
    type Output = Interval;
    fn neg(self) -> Interval {
        let Interval { months, days, seconds } = self;
        Interval {
            months: months.saturating_neg(),
            days: days.saturating_neg(),
            seconds: seconds.saturating_neg(),
        }
    }
}

/// Whole seconds.
impl From<std::time::Duration> for Interval {
    fn from(duration: std::time::Duration) -> Interval {
        Interval::seconds(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
    }
}

/// How several groupings come out of sets of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupingKind {
    /// `GROUPING SETS`: by each of the sets.
    Sets,
    /// `ROLLUP`: by all of the sets, by all but the last, and so on to none.
    Rollup,
    /// `CUBE`: by each choice of sets.
    Cube,
}

/// A place in a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsonPlace {
    /// The way to the place.
    pub steps: Vec<JsonStep>,
    /// What is wanted of it.
    pub take: JsonTake,
}

/// One step into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum JsonStep {
    /// Into an object.
    Key(Name),
    /// Into an array, from 0.
    At(u32),
}

/// What is wanted of a place in a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JsonTake {
    /// Its value as a type.
    Value(SqlType),
    /// The name of its kind, as the database spells it; NULL where nothing is.
    Kind,
    /// The number of its parts.
    Length,
}

/// Where `IN` looks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InSet {
    /// Expressions, mostly bound values.
    List(Vec<Expr>),
    /// A subquery.
    Select(Box<Select>),
}

/// A piece of raw SQL.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Piece {
    /// Text.
    Sql(Name),
    /// A parameter or an expression.
    Expr(Expr),
    /// An identifier, quoted where it must be.
    Ident(Name),
    /// A table.
    Table(TableRef),
    /// Pieces that differ from database to database.
    Spelt(Box<Spelt>),
    /// What is wrong with the statement. Building never fails; rendering a fault does.
    Fault(Fault),
}

/// Text that databases spell each in its own way.
#[derive(Clone, Debug, PartialEq)]
pub struct Spelt {
    /// For those that have no text of their own; none: they cannot do it.
    pub standard: Option<Vec<Piece>>,
    /// The name of a database, as [`Capabilities`](crate::Capabilities) has it, and its text.
    pub others: Vec<(&'static str, Vec<Piece>)>,
}

/// A mistake that was noticed while a statement was built, and is reported when it is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The sentence.
    pub message: Name,
    /// What to do instead.
    pub help: Name,
    /// The table concerned, if any.
    pub table: Option<Name>,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnaryOp {
    /// `NOT`
    Not,
    /// `-`
    Negate,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BinaryOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// Equality in which NULL equals NULL.
    Same,
    /// Its negation.
    NotSame,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `/` of whole numbers, without the rest.
    DivWhole,
    /// `%`
    Rem,
    /// Concatenation of texts.
    Concat,
    /// A text matches a regular expression.
    Matches,
}
