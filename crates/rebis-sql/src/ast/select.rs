//! SELECT.

use super::Expr;
use rebis_core::Name;

/// A SELECT statement.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let mut stmt = select(User.name);
/// let tree: &mut ast::Select = stmt.ast_mut();
/// tree.limit = Some(3);
/// tree.filter.push(User.karma.gt(5).into_ast());
/// assert_eq!(stmt.to_string(), "SELECT users.name FROM users WHERE users.karma > 5 LIMIT 3");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// `DISTINCT`.
    pub distinct: bool,
    /// What is selected.
    pub items: Vec<Item>,
    /// The first thing in FROM.
    pub from: Option<Source>,
    /// What is joined to it, in order.
    pub joins: Vec<Join>,
    /// WHERE: all of these.
    pub filter: Vec<Expr>,
    /// GROUP BY.
    pub group_by: Vec<Expr>,
    /// HAVING: all of these.
    pub having: Vec<Expr>,
    /// Further SELECTs, combined in order.
    pub compound: Vec<(SetOp, Select)>,
    /// ORDER BY.
    pub order_by: Vec<Order>,
    /// LIMIT.
    pub limit: Option<u64>,
    /// OFFSET.
    pub offset: Option<u64>,
    /// Row lock.
    pub lock: Option<Lock>,
}

/// One thing in the list of a SELECT or RETURNING.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The expression.
    pub expr: Expr,
    /// `AS`.
    pub label: Option<Name>,
}

impl From<Expr> for Item {
    fn from(expr: Expr) -> Self {
        Item { expr, label: None }
    }
}

/// A table, with the alias it has in one statement.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let mut users = ast::TableRef::new("users");
/// users.alias = Some("boss".into());
/// assert_eq!(users.source(), "boss");
/// let stmt = select(func::count()).select_from(users);
/// assert_eq!(stmt.to_string(), "SELECT count(*) FROM users AS boss");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The schema it is in.
    pub schema: Option<Name>,
    /// Its name.
    pub name: Name,
    /// Its alias.
    pub alias: Option<Name>,
}

impl TableRef {
    /// A table without schema and alias.
    pub fn new(name: impl Into<Name>) -> Self {
        TableRef { schema: None, name: name.into(), alias: None }
    }

    /// What its columns are qualified with.
    pub fn source(&self) -> &Name {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

/// Something rows come from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// A table.
    Table(TableRef),
    /// A subquery with a name.
    Subquery {
        /// The subquery.
        select: Box<Select>,
        /// Its name.
        alias: Name,
    },
}

/// One join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which.
    pub kind: JoinKind,
    /// What is joined.
    pub source: Source,
    /// The condition; none for CROSS JOIN.
    pub on: Option<Expr>,
}

/// Kinds of joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JoinKind {
    /// `JOIN`
    Inner,
    /// `LEFT JOIN`
    Left,
    /// `CROSS JOIN`
    Cross,
}

/// One term of ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// By what.
    pub expr: Expr,
    /// From high to low.
    pub descending: bool,
    /// Where NULL stands.
    pub nulls: Option<Nulls>,
}

/// Where NULL stands in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// Before everything.
    First,
    /// After everything.
    Last,
}

/// Set operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SetOp {
    /// `UNION`
    Union,
    /// `UNION ALL`
    UnionAll,
    /// `INTERSECT`
    Intersect,
    /// `EXCEPT`
    Except,
}

/// Row locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lock {
    /// `FOR UPDATE`
    Update,
    /// `FOR SHARE`
    Share,
}
