//! ORDER BY and GROUP BY.

use super::{Column, Expr, Labelled, Typed};
use crate::ast::{self, Nulls};

/// One term of ORDER BY: `User.name.desc()`.
///
/// ```
/// use rebis_sql::{Column, select};
/// # struct User;
/// const NAME: Column<User, Option<String>> = Column::new("users", "name", 0);
/// let stmt = select(NAME).order_by(NAME.desc().nulls_last());
/// assert_eq!(stmt.to_string(), "SELECT users.name FROM users ORDER BY users.name DESC NULLS LAST");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Order(ast::Order);

impl Order {
    pub(crate) fn by(expr: ast::Expr, descending: bool) -> Self {
        Order(ast::Order { expr, descending, nulls: None })
    }

    /// NULL before everything else.
    ///
    /// See [`Order`] for an example.
    pub fn nulls_first(mut self) -> Self {
        self.0.nulls = Some(Nulls::First);
        self
    }

    /// NULL after everything else.
    ///
    /// See [`Order`] for an example.
    pub fn nulls_last(mut self) -> Self {
        self.0.nulls = Some(Nulls::Last);
        self
    }

    /// The other direction; NULL goes to the other end.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let order = User.email.desc().nulls_last();
    /// let stmt = select(User.id).order_by(order.reversed());
    /// assert_eq!(stmt.to_string(), "SELECT users.id FROM users ORDER BY users.email NULLS FIRST");
    /// # Ok(())
    /// # }
    /// ```
    pub fn reversed(mut self) -> Self {
        self.0.descending = !self.0.descending;
        self.0.nulls = self.0.nulls.map(|nulls| match nulls {
            Nulls::First => Nulls::Last,
            Nulls::Last => Nulls::First,
        });
        self
    }

    /// The term without types.
    pub fn into_ast(self) -> ast::Order {
        self.0
    }
}

/// Whatever `order_by` takes: `User.name.desc()`, a column or expression (from low to high), a label, or several
/// of these in a tuple, `Vec`, array or `Option`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let wanted = ["-karma", "name"]; // as a request may say it
/// let order: Vec<Order> = wanted
///     .iter()
///     .filter_map(|field| match *field {
///         "-karma" => Some(User.karma.desc()),
///         "name" => Some(User.name.asc()),
///         _ => None,
///     })
///     .collect();
/// assert_eq!(
///     select(User.id).order_by(order).to_string(),
///     "SELECT users.id FROM users ORDER BY users.karma DESC, users.name"
/// );
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order",
    label = "cannot be ordered by",
    note = "order by a column, an expression or a label, each with `.asc()` or `.desc()`, or by a tuple or `Vec` of these"
)]
pub trait IntoOrder {
    /// Appends the terms.
    fn add_to(self, terms: &mut Vec<ast::Order>);
}

/// Whatever `group_by` takes: a column, an expression, a label, or several of these in a tuple, `Vec` or array.
///
/// See [`Select::group_by`](super::Select::group_by) for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be grouped by",
    label = "not a column or an expression",
    note = "group by a column, an expression or a label, or by a tuple or `Vec` of these"
)]
pub trait IntoGroup {
    /// Appends the terms.
    fn add_group(self, terms: &mut Vec<ast::Expr>);
}

impl IntoOrder for Order {
    fn add_to(self, terms: &mut Vec<ast::Order>) {
        terms.push(self.0);
    }
}

macro_rules! terms {
    ($([$($generic:ident),*] $type:ty, |$it:ident| $expr:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic),*> IntoOrder for $type {
            fn add_to(self, terms: &mut Vec<ast::Order>) {
                let $it = self;
                terms.push(ast::Order { expr: $expr, descending: false, nulls: None });
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic),*> IntoGroup for $type {
            fn add_group(self, terms: &mut Vec<ast::Expr>) {
                let $it = self;
                terms.push($expr);
            }
        }
    )*};
}

terms! {
    [M, T] Column<M, T>, |it| it.into_ast();
    [M, T] &Column<M, T>, |it| Typed::into_ast(it);
    [T] Expr<T>, |it| it.into_ast();
    [T] &Expr<T>, |it| Typed::into_ast(it);
    [T] Labelled<T>, |it| it.reference();
    [T] &Labelled<T>, |it| it.reference();
}

macro_rules! several {
    ($([$($generic:tt)*] $type:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<C: IntoOrder, $($generic)*> IntoOrder for $type {
            fn add_to(self, terms: &mut Vec<ast::Order>) {
                self.into_iter().for_each(|term| term.add_to(terms));
            }
        }

        #[diagnostic::do_not_recommend]
        impl<C: IntoGroup, $($generic)*> IntoGroup for $type {
            fn add_group(self, terms: &mut Vec<ast::Expr>) {
                self.into_iter().for_each(|term| term.add_group(terms));
            }
        }
    )*};
}

several! {
    [] Vec<C>;
    [] Option<C>;
    [const N: usize] [C; N];
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: IntoOrder),+> IntoOrder for ($($name,)+) {
            fn add_to(self, terms: &mut Vec<ast::Order>) {
                $(self.$index.add_to(terms);)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: IntoGroup),+> IntoGroup for ($($name,)+) {
            fn add_group(self, terms: &mut Vec<ast::Expr>) {
                $(self.$index.add_group(terms);)+
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
}
