//! SELECT.

use super::{Expr, Join, Piece, Source, Window};
use rebis_core::{Conversion, Name};

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
    /// `DISTINCT ON`: of the rows that agree in these, the first in order.
    pub distinct_on: Vec<Expr>,
    /// What is selected.
    pub items: Vec<Item>,
    /// The first thing in FROM.
    pub from: Option<Source>,
    /// What is joined to it, in order.
    pub joins: Vec<Join>,
    /// Whether what stands in FROM may be connected by no condition: each row with each is meant.
    pub cartesian: bool,
    /// WHERE: all of these.
    pub filter: Vec<Expr>,
    /// GROUP BY.
    pub group_by: Vec<Expr>,
    /// HAVING: all of these.
    pub having: Vec<Expr>,
    /// WINDOW: windows with a name.
    pub windows: Vec<(Name, Window)>,
    /// Further SELECTs, combined in order.
    pub compound: Vec<(SetOp, Select)>,
    /// ORDER BY.
    pub order_by: Vec<Order>,
    /// LIMIT.
    pub limit: Option<u64>,
    /// So many of a hundred rows, rounded up; needs an order.
    pub percent: Option<f64>,
    /// With the last row of LIMIT, those that stand beside it in order.
    pub with_ties: bool,
    /// OFFSET.
    pub offset: Option<u64>,
    /// LIMIT takes the last rows in order, not the first; they come in order all the same.
    pub backwards: bool,
    /// Row lock.
    pub lock: Option<Lock>,
    /// Which indexes are to be read, for sources in FROM by their names.
    pub hints: Vec<(Name, IndexHint)>,
    /// Words of a database behind `SELECT`.
    pub prefix: Vec<Vec<Piece>>,
    /// Words of a database at the end.
    pub suffix: Vec<Vec<Piece>>,
}

impl Select {
    /// Gives a label to what is selected and has no name, or one that is taken: from outside, names are all there is.
    /// The names, in order; what stands behind a `*` has none that could be known.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let mut stmt = select((User.id, Post.id, Post.hits + 1)).join(Post.on(Post.author_id.eq(User.id)));
    /// assert_eq!(stmt.ast_mut().name_columns(), ["id", "c2", "c3"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn name_columns(&mut self) -> Vec<Name> {
        name_columns(&mut self.items)
    }
}

impl Select {
    /// With rows that stay in the database, in the form in which it keeps them: those of a view.
    pub(crate) fn stays(mut self) -> Select {
        self.items.iter_mut().for_each(|item| item.kept = None);
        let members = std::mem::take(&mut self.compound).into_iter();
        self.compound = members.map(|(op, member)| (op, member.stays())).collect();
        self
    }
}

/// The same for the list of a RETURNING.
pub(crate) fn name_columns(items: &mut [Item]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::with_capacity(items.len());
    for (index, Item { expr, label, kept: _ }) in items.iter_mut().enumerate() {
        let name = match (&*label, &*expr) {
            (Some(label), _) => label.clone(),
            (None, Expr::Column(column)) if !names.contains(&column.name) => column.name.clone(),
            (None, Expr::Star) => continue,
            (None, _) => label.insert(format!("c{}", index + 1).into()).clone(),
        };
        names.push(name);
    }
    names
}

/// Which indexes a database is to read a table by. One that knows no such hints, or not this one, goes without.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexHint {
    /// One of these, if any: `USE INDEX`.
    Use(Vec<Name>),
    /// One of these, where that can be done at all: `FORCE INDEX`; of one alone, `INDEXED BY`.
    Force(Vec<Name>),
    /// None of these: `IGNORE INDEX`.
    Ignore(Vec<Name>),
    /// None at all: `USE INDEX ()`, `NOT INDEXED`.
    Without,
}

/// One thing in the list of a SELECT or RETURNING.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The expression.
    pub expr: Expr,
    /// `AS`.
    pub label: Option<Name>,
    /// How the database keeps it: it is unwrapped where it leaves the statement.
    pub kept: Option<&'static Conversion>,
}

impl Item {
    /// The same, as the database keeps values of a type.
    #[must_use]
    pub fn kept(mut self, kept: Option<&'static Conversion>) -> Self {
        self.kept = kept;
        self
    }
}

impl From<Expr> for Item {
    fn from(expr: Expr) -> Self {
        Item { expr, label: None, kept: None }
    }
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

impl Order {
    /// The other way round, NULL too.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let mut stmt = select(User.id).order_by(User.email.desc().nulls_last());
    /// let order = std::mem::take(&mut stmt.ast_mut().order_by);
    /// stmt.ast_mut().order_by = order.into_iter().map(ast::Order::reversed).collect();
    /// assert_eq!(stmt.to_string(), "SELECT users.id FROM users ORDER BY users.email NULLS FIRST");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn reversed(self) -> Order {
        let Order { expr, descending, nulls } = self;
        let nulls = nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        Order { expr, descending: !descending, nulls }
    }
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
    /// `INTERSECT ALL`
    IntersectAll,
    /// `EXCEPT`
    Except,
    /// `EXCEPT ALL`
    ExceptAll,
}

/// A row lock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lock {
    /// How strong it is.
    pub strength: LockStrength,
    /// Which tables are locked, by what their columns are qualified with; none: all of FROM.
    pub of: Vec<Name>,
    /// What is done about rows that others have locked.
    pub wait: LockWait,
}

impl Lock {
    /// `FOR UPDATE` of all tables, waiting for others.
    pub const UPDATE: Lock = Lock { strength: LockStrength::Update, of: Vec::new(), wait: LockWait::Wait };
}

/// How strong a row lock is, from the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LockStrength {
    /// `FOR UPDATE`
    Update,
    /// `FOR NO KEY UPDATE`: others may refer to the row.
    NoKeyUpdate,
    /// `FOR SHARE`
    Share,
    /// `FOR KEY SHARE`: others may change what is no key.
    KeyShare,
}

/// What is done about rows that others have locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockWait {
    /// They are waited for.
    Wait,
    /// `NOWAIT`: they are an error.
    NoWait,
    /// `SKIP LOCKED`: they are left out.
    Skip,
}
