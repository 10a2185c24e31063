//! Expressions.

use super::{Select, TableRef};
use rebis_core::{Datum, Name, SqlType};

/// An expression. A SQL function is data ([`Call`]), not a variant.
///
/// What `build` makes can be taken apart and put together by hand.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let name = ast::Expr::Column(ast::ColumnRef { source: "users".into(), name: "name".into() });
/// let sound = ast::Call { name: "soundex".into(), args: vec![name], distinct: false, filter: None };
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
        /// Conditions and results.
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
    /// A row value: `(a, b)`.
    Tuple(Vec<Expr>),
    /// Text with parameters.
    Raw(Vec<Piece>),
    /// A column of the result, by its label; for ORDER BY and GROUP BY.
    Label(Name),
    /// What a row of an INSERT leaves to the default of its column.
    Default,
    /// A column of the row that an INSERT proposed and that met another: `excluded.name`.
    Proposed(Name),
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
    /// `DISTINCT` before the arguments of an aggregate.
    pub distinct: bool,
    /// `FILTER (WHERE ..)` of an aggregate.
    pub filter: Option<Box<Expr>>,
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
    /// What is wrong with the statement. Building never fails; rendering a fault does.
    Fault(Fault),
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
}
