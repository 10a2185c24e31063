//! What can stand for a `{}` of SQL as text.

use super::{RawSql, Select, Typed};
use crate::ast::{self, Expr, Piece};
use rebis_core::{Datum, Name, SqlType, Value};

/// What can be given for a `{}`: a value, a reference to one, a text, a column or an expression, an entity for its
/// table, a name by [`ident`], another piece of SQL. `Kind` keeps the implementations apart and is always inferred.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let late = sql("{} > {}").bind(User.karma).bind(5);
/// let stmt = sql("select {} from users where {} and id in {}");
/// let stmt = stmt.bind(ident("Name")).bind(late).list(&[1, 2]);
/// assert_eq!(stmt.to_string(), "select \"Name\" from users where users.karma > 5 and id in (1, 2)");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be bound to a parameter",
    label = "not a value, a column or an expression",
    note = "what can stand in a column can be bound; a name of a table is an entity or `ident(..)`; a list stands behind `in`"
)]
pub trait IntoBind<Kind> {
    /// What stands there.
    #[doc(hidden)]
    fn into_bind(self) -> Vec<Piece>;
}

/// Marks implementations of [`IntoBind`].
#[doc(hidden)]
#[derive(Debug)]
pub enum ByValue {}
/// Marks implementations of [`IntoBind`].
#[doc(hidden)]
#[derive(Debug)]
pub enum ByReference {}
/// Marks implementations of [`IntoBind`].
#[doc(hidden)]
#[derive(Debug)]
pub enum ByTwoReferences {}
/// Marks implementations of [`IntoBind`].
#[doc(hidden)]
#[derive(Debug)]
pub enum ByExpression {}
/// Marks implementations of [`IntoBind`].
#[doc(hidden)]
#[derive(Debug)]
pub enum BySql {}

fn bound(value: Expr) -> Vec<Piece> {
    vec![Piece::Expr(value)]
}

#[diagnostic::do_not_recommend]
impl<T: Value> IntoBind<ByValue> for T {
    fn into_bind(self) -> Vec<Piece> {
        bound(Expr::of(&self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> IntoBind<ByReference> for &T {
    fn into_bind(self) -> Vec<Piece> {
        bound(Expr::of(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> IntoBind<ByTwoReferences> for &&T {
    fn into_bind(self) -> Vec<Piece> {
        bound(Expr::of(*self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoBind<ByReference> for &str {
    fn into_bind(self) -> Vec<Piece> {
        bound(Expr::Value(Datum::Text(self.to_owned())))
    }
}

#[diagnostic::do_not_recommend]
impl IntoBind<ByTwoReferences> for &&str {
    fn into_bind(self) -> Vec<Piece> {
        bound(Expr::Value(Datum::Text((*self).to_owned())))
    }
}

#[diagnostic::do_not_recommend]
impl IntoBind<ByReference> for &[u8] {
    fn into_bind(self) -> Vec<Piece> {
        bound(Expr::Value(Datum::Blob(self.to_vec())))
    }
}

#[diagnostic::do_not_recommend]
impl<E: Typed> IntoBind<ByExpression> for E {
    fn into_bind(self) -> Vec<Piece> {
        vec![Piece::Expr(Typed::into_ast(self))]
    }
}

#[diagnostic::do_not_recommend]
impl IntoBind<BySql> for RawSql {
    fn into_bind(self) -> Vec<Piece> {
        self.pieces()
    }
}

#[diagnostic::do_not_recommend]
impl IntoBind<BySql> for &RawSql {
    fn into_bind(self) -> Vec<Piece> {
        self.clone().into_bind()
    }
}

#[diagnostic::do_not_recommend]
impl<R> IntoBind<BySql> for &Select<R> {
    fn into_bind(self) -> Vec<Piece> {
        vec![Piece::Expr(subquery(self))]
    }
}

fn subquery<R>(select: &Select<R>) -> Expr {
    Expr::Scalar(Box::new(select.into()))
}

/// A name of a table or a column that is known only when the program runs: quoted where it must be, so that it is
/// never anything but a name.
///
/// See [`IntoBind`] for an example.
pub fn ident(name: impl Into<Name>) -> Ident {
    Ident(name.into())
}

/// A name; see [`ident`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ident(Name);

#[diagnostic::do_not_recommend]
impl IntoBind<BySql> for Ident {
    fn into_bind(self) -> Vec<Piece> {
        vec![Piece::Ident(self.0)]
    }
}

#[diagnostic::do_not_recommend]
impl IntoBind<BySql> for &Ident {
    fn into_bind(self) -> Vec<Piece> {
        vec![Piece::Ident(self.0.clone())]
    }
}

/// What can be given for a `{}` behind `in`: a reference to a `Vec`, a slice, an array or a set of values, or to a SELECT
/// or a piece of SQL.
///
/// See [`RawSql::list`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list for `in`",
    label = "neither values nor a SELECT",
    note = "behind `in` stands a `Vec`, a slice, an array or a set of values, or a SELECT; what an iterator gives is collected first"
)]
pub trait IntoList<Kind> {
    /// The list, in parentheses.
    #[doc(hidden)]
    fn into_list(self) -> Expr;
}

fn listed(values: Vec<Expr>, of: SqlType) -> Expr {
    if !values.is_empty() {
        return Expr::Tuple(values);
    }
    // No row of the wanted type.
    let null = Expr::Cast { of: Box::new(Expr::Literal(Datum::Null)), to: of };
    let never = Expr::Or(Vec::new());
    Expr::Scalar(Box::new(ast::Select {
        items: vec![null.into()],
        filter: vec![never],
        ..ast::Select::default()
    }))
}

#[diagnostic::do_not_recommend]
impl<'a, I: ?Sized, T: Value> IntoList<ByReference> for &'a I
where
    &'a I: IntoIterator<Item = &'a T>,
{
    fn into_list(self) -> Expr {
        listed(self.into_iter().map(Expr::of).collect(), T::sql_type())
    }
}

/// Of what is a reference itself.
#[diagnostic::do_not_recommend]
impl<'a, I: ?Sized, Kind> IntoList<(ByTwoReferences, Kind)> for &&'a I
where
    &'a I: IntoList<Kind>,
{
    fn into_list(self) -> Expr {
        (*self).into_list()
    }
}

#[diagnostic::do_not_recommend]
impl<'a, I: ?Sized> IntoList<(ByReference, String)> for &'a I
where
    &'a I: IntoIterator<Item = &'a &'a str>,
{
    fn into_list(self) -> Expr {
        let text = |text: &&str| Expr::Value(Datum::Text((*text).to_owned()));
        listed(self.into_iter().map(text).collect(), String::sql_type())
    }
}

#[diagnostic::do_not_recommend]
impl<R> IntoList<BySql> for &Select<R> {
    fn into_list(self) -> Expr {
        subquery(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoList<BySql> for &RawSql {
    fn into_list(self) -> Expr {
        Expr::Tuple(vec![Expr::Raw(self.clone().pieces())])
    }
}
