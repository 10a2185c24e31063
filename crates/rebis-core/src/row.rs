//! What a query gives back for each row.

use crate::{Cell, Names, Result, Value, field};
use std::any::Any;

/// The row type of a statement: a model, a value, or a tuple of these.
///
/// `Select<User>`, `Select<(String, i64)>` and `Select<(User, Maybe<Post>)>` are statements over such rows.
/// From a connection a row comes as [`Plain`](Row::Plain) (a `User`), from a session as
/// [`Tracked`](Row::Tracked) (a `Handle<User>`). Implemented for every [`Value`], for tuples, and by
/// `#[derive(Model)]` and `#[derive(FromRow)]`.
///
/// ```
/// use rebis_core::{Cell, Row};
/// let cells = [Cell::Text(b"alice"), Cell::Int(3)];
/// let (name, posts) = <(String, i64)>::plain(&cells)?;
/// assert_eq!((name.as_str(), posts), ("alice", 3));
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a row of a query",
    label = "not a row",
    note = "rows are models, values that can stand in a column, tuples of these, and structs with `#[derive(FromRow)]`"
)]
pub trait Row: 'static {
    /// The row as plain values.
    type Plain: Send + 'static;
    /// The row as a session gives it: handles in place of models.
    type Tracked: Send + 'static;
    /// Number of cells.
    const WIDTH: usize;

    /// Names of the result columns, in the order of the cells, for rows of raw SQL that are matched by name.
    /// Empty: the row is matched by position.
    fn names() -> &'static [&'static str] {
        &[]
    }

    /// Whether rows keep the names of their columns.
    #[doc(hidden)]
    const KEEPS_NAMES: bool = false;

    /// Gives a row the names of its columns.
    #[doc(hidden)]
    fn name_plain(_: &mut Self::Plain, _: &Names) {}

    /// Gives a row of a session the names of its columns.
    #[doc(hidden)]
    fn name_tracked(_: &mut Self::Tracked, _: &Names) {}

    /// Decodes the row.
    ///
    /// # Errors
    /// A conversion error, if a cell does not hold what the type asks for.
    fn plain(cells: &[Cell<'_>]) -> Result<Self::Plain>;

    /// Decodes the row into a session's graph, which is what `tracker` is.
    #[doc(hidden)]
    fn track(cells: &[Cell<'_>], tracker: &mut dyn Any) -> Result<Self::Tracked>;

    /// Takes a whole result into a session's graph, where a row is one object: its place is found once, not for each
    /// row. `None`: rows go one by one.
    #[doc(hidden)]
    fn tracker<'t>(_: &'t mut dyn Any, _: &'t mut Vec<Self::Tracked>) -> Option<Box<dyn Tracker + 't>> {
        None
    }
}

/// Takes the rows of one result into a session's graph.
#[doc(hidden)]
pub trait Tracker: Send {
    /// Takes a row.
    ///
    /// # Errors
    /// A conversion error, if a cell does not hold what the type asks for.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()>;
}

impl<T: Value> Row for T {
    type Plain = T;
    type Tracked = T;
    const WIDTH: usize = 1;
    #[inline]
    fn plain(cells: &[Cell<'_>]) -> Result<T> {
        field(cells, 0)
    }
    fn track(cells: &[Cell<'_>], _: &mut dyn Any) -> Result<T> {
        field(cells, 0)
    }
}

macro_rules! tuples {
    ($($name:ident),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Row),+> Row for ($($name,)+) {
            type Plain = ($($name::Plain,)+);
            type Tracked = ($($name::Tracked,)+);
            const WIDTH: usize = 0 $(+ $name::WIDTH)+;
            #[allow(unused_assignments)]
            #[inline]
            fn plain(cells: &[Cell<'_>]) -> Result<Self::Plain> {
                let mut at = 0;
                Ok(($({
                    let value = $name::plain(cells.get(at..).unwrap_or_default())
                        .map_err(|e| shift(e, at))?;
                    at += $name::WIDTH;
                    value
                },)+))
            }
            #[allow(unused_assignments)]
            fn track(cells: &[Cell<'_>], tracker: &mut dyn Any) -> Result<Self::Tracked> {
                let mut at = 0;
                Ok(($({
                    let value = $name::track(cells.get(at..).unwrap_or_default(), tracker)
                        .map_err(|e| shift(e, at))?;
                    at += $name::WIDTH;
                    value
                },)+))
            }
        }
    };
}

tuples!(A);
tuples!(A, B);
tuples!(A, B, C);
tuples!(A, B, C, D);
tuples!(A, B, C, D, E);
tuples!(A, B, C, D, E, F);
tuples!(A, B, C, D, E, F, G);
tuples!(A, B, C, D, E, F, G, H);
tuples!(A, B, C, D, E, F, G, H, I);
tuples!(A, B, C, D, E, F, G, H, I, J);
tuples!(A, B, C, D, E, F, G, H, I, J, K);
tuples!(A, B, C, D, E, F, G, H, I, J, K, L);

/// The index in an error of a part counts from the part's first cell; make it count from the row's.
#[cold]
fn shift(error: crate::Error, by: usize) -> crate::Error {
    error.with_shift(by)
}
