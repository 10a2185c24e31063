//! What can be selected.

use super::{Column, Expr, Order, Typed};
use crate::ast::{self, Item, Source};
use rebis_core::{Name, Row, Value};

/// Whatever `select` and `returning` take: an entity, a column, an expression, a labelled expression, or a tuple
/// of up to twelve of these. Its row type becomes the statement's.
///
/// ```compile_fail
/// rebis_sql::select("users"); // `&str` cannot be selected
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected",
    label = "not an entity, a column or an expression",
    note = "select an entity (`User`), a column (`User.name`), an expression (`User.id.count()`) or a tuple of these"
)]
pub trait Selectable {
    /// What comes back for each row.
    type Row: Row;

    /// Appends what it selects, and where that comes from if the SELECT says nothing of it yet.
    fn add_to(self, select: &mut ast::Select);
}

fn add<T: Value>(select: &mut ast::Select, expr: Expr<T>, label: Option<Name>) {
    if select.from.is_none() {
        select.from = expr.origin().map(|origin| Source::Table(origin.reference()));
    }
    select.items.push(Item { expr: expr.into_ast(), label, kept: T::CONVERSION });
}

macro_rules! selectable {
    ($([$($generic:ident)?] $type:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? T: Value> Selectable for $type {
            type Row = T;
            fn add_to(self, select: &mut ast::Select) {
                add(select, self.typed(), None);
            }
        }
    )*};
}

selectable! {
    [M] Column<M, T>;
    [M] &Column<M, T>;
    [] Expr<T>;
    [] &Expr<T>;
}

/// An expression with a name in the result. In ORDER BY and GROUP BY it stands for its name.
///
/// ```
/// use rebis_sql::{Column, select};
/// # struct Post;
/// const AUTHOR: Column<Post, i64> = Column::new("posts", "author_id", 0);
/// let posts = AUTHOR.count().label("posts");
/// let stmt = select((AUTHOR, &posts)).group_by(AUTHOR).order_by(posts.desc());
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT posts.author_id, count(posts.author_id) AS posts FROM posts \
///      GROUP BY posts.author_id ORDER BY posts DESC"
/// );
/// ```
pub struct Labelled<T> {
    expr: Expr<T>,
    label: Name,
}

impl<T> Labelled<T> {
    pub(crate) fn new(expr: Expr<T>, label: Name) -> Self {
        Labelled { expr, label }
    }

    /// Ordered by its name, from low to high.
    pub fn asc(&self) -> Order {
        Order::by(self.reference(), false)
    }

    /// Ordered by its name, from high to low.
    pub fn desc(&self) -> Order {
        Order::by(self.reference(), true)
    }

    /// Its name, as an expression for ORDER BY and GROUP BY.
    pub(crate) fn reference(&self) -> ast::Expr {
        ast::Expr::Label(self.label.clone())
    }
}

impl<T> Clone for Labelled<T> {
    fn clone(&self) -> Self {
        Labelled { expr: self.expr.clone(), label: self.label.clone() }
    }
}

impl<T> std::fmt::Debug for Labelled<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} AS {}", self.expr, self.label)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> Selectable for Labelled<T> {
    type Row = T;
    fn add_to(self, select: &mut ast::Select) {
        add(select, self.expr, Some(self.label));
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> Selectable for &Labelled<T> {
    type Row = T;
    fn add_to(self, select: &mut ast::Select) {
        self.clone().add_to(select);
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Selectable),+> Selectable for ($($name,)+) {
            type Row = ($($name::Row,)+);
            fn add_to(self, select: &mut ast::Select) {
                $(self.$index.add_to(select);)+
            }
        }
    )*};
}

tuples! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
}
