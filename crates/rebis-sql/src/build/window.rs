//! Windows, and the functions that need one.

use super::{Expr, IntoGroup, IntoOrder, Typed, operators::function};
use crate::ast::{self, Bound, Exclude, Frame, FrameUnit};
use rebis_core::{Datum, Name, Value};
use std::ops::RangeBounds;

/// The rows around a row that a function counts: `window().partition_by(..).order_by(..).rows(..)`.
///
/// Frames are Rust's ranges, counted from the row itself: `..=0` is all up to this row, `-1..=1` it and its neighbours,
/// `0..` it and what follows, `..` the whole partition.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let by_author = window().partition_by(Post.author_id).order_by(Post.id);
/// let place = func::row_number().over(&by_author);
/// assert_eq!(show(place), "row_number() OVER (PARTITION BY posts.author_id ORDER BY posts.id)");
///
/// let so_far = Post.hits.sum().over(by_author.rows(..=0));
/// assert_eq!(
///     show(so_far),
///     "sum(posts.hits) OVER (PARTITION BY posts.author_id ORDER BY posts.id \
///      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Window(ast::Window);

/// A window: all rows of the result, until it says otherwise.
///
/// See [`Window`] for an example.
pub fn window() -> Window {
    Window::default()
}

impl Window {
    /// Only the rows that agree with this one in these.
    ///
    /// See [`Window`] for an example.
    pub fn partition_by(mut self, by: impl IntoGroup) -> Self {
        by.add_group(&mut self.0.partition_by);
        self
    }

    /// In this order. Functions then see the rows up to this one and those beside it, unless there is a frame.
    ///
    /// See [`Window`] for an example.
    pub fn order_by(mut self, by: impl IntoOrder) -> Self {
        by.add_to(&mut self.0.order_by);
        self
    }

    /// From how many rows before to how many after this one.
    ///
    /// See [`Window`] for an example.
    pub fn rows(self, frame: impl RangeBounds<i64>) -> Self {
        self.frame(FrameUnit::Rows, frame)
    }

    /// From how much less to how much more than this row has in what the window is ordered by.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let alike = func::count().over(window().order_by(User.karma).range(-5..=5));
    /// assert_eq!(
    ///     show(alike),
    ///     "count(*) OVER (ORDER BY users.karma RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn range(self, frame: impl RangeBounds<i64>) -> Self {
        self.frame(FrameUnit::Range, frame)
    }

    /// As [`rows`](Window::rows), in groups of rows that are equal in order.
    pub fn groups(self, frame: impl RangeBounds<i64>) -> Self {
        self.frame(FrameUnit::Groups, frame)
    }

    /// Without this row, or those beside it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let others = User.karma.sum().over(window().rows(..).exclude(Exclude::CurrentRow));
    /// assert_eq!(
    ///     show(others),
    ///     "sum(users.karma) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn exclude(mut self, what: Exclude) -> Self {
        let so_far = Frame { unit: FrameUnit::Range, start: Bound::First, end: Bound::At(0), exclude: None };
        self.0.frame.get_or_insert(so_far).exclude = Some(what);
        self
    }

    fn frame(mut self, unit: FrameUnit, frame: impl RangeBounds<i64>) -> Self {
        use std::ops::Bound as End;
        let start = match frame.start_bound() {
            End::Unbounded => Bound::First,
            End::Included(at) => Bound::At(*at),
            End::Excluded(at) => Bound::At(at.saturating_add(1)),
        };
        let end = match frame.end_bound() {
            End::Unbounded => Bound::Last,
            End::Included(at) => Bound::At(*at),
            End::Excluded(at) => Bound::At(at.saturating_sub(1)),
        };
        self.0.frame = Some(Frame { unit, start, end, exclude: None });
        self
    }

    /// The window without types.
    pub fn into_ast(self) -> ast::Window {
        self.0
    }
}

/// What `over` takes: a window, or the name of one of the statement's own ([`Select::window`](super::Select::window)).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a window",
    label = "neither a window nor the name of one",
    note = "write `window().partition_by(..).order_by(..)`"
)]
pub trait IntoWindow {
    /// The window.
    fn into_window(self) -> Window;
}

impl IntoWindow for Window {
    fn into_window(self) -> Window {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoWindow for &Window {
    fn into_window(self) -> Window {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl IntoWindow for &'static str {
    fn into_window(self) -> Window {
        Window(ast::Window { base: Some(Name::Borrowed(self)), ..ast::Window::default() })
    }
}

impl<T> Expr<T> {
    /// An aggregate over a window: the rows stay, each with what the aggregate is for its window.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select((Post.title, Post.hits.sum().over(window().partition_by(Post.author_id))));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT posts.title, sum(posts.hits) OVER (PARTITION BY posts.author_id) FROM posts"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn over(self, window: impl IntoWindow) -> Expr<T> {
        let window = Box::new(window.into_window().0);
        self.map(|call| ast::Expr::Over { call: Box::new(call), window })
    }
}

/// A function that is nothing without a window: what [`func::row_number`](super::func::row_number) and its kind give.
///
/// ```compile_fail
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() {
/// select(func::row_number()); // `WindowFunction<i64>` cannot be selected
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a window function ends with `.over(window()..)`"]
pub struct WindowFunction<T>(Expr<T>);

impl<T> WindowFunction<T> {
    /// Over this window.
    ///
    /// See [`Window`] for an example.
    pub fn over(self, window: impl IntoWindow) -> Expr<T> {
        self.0.over(window)
    }
}

fn without<T>(name: &'static str) -> WindowFunction<T> {
    WindowFunction(Expr::from_ast(function(name, Vec::new())))
}

fn of_row<E: Typed<T: Value>>(
    name: &'static str,
    of: E,
    count: Option<u32>,
) -> WindowFunction<Option<<E::T as Value>::Base>> {
    let count = count.map(|count| ast::Expr::Literal(Datum::Int(i64::from(count))));
    WindowFunction(of.typed().map(|of| function(name, [of].into_iter().chain(count).collect())))
}

/// The number of the row within its partition, from 1.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let order = window().order_by(User.karma.desc());
/// assert_eq!(show(func::row_number().over(&order)), "row_number() OVER (ORDER BY users.karma DESC)");
/// assert_eq!(show(func::rank().over(&order)), "rank() OVER (ORDER BY users.karma DESC)");
/// assert_eq!(show(func::dense_rank().over(&order)), "dense_rank() OVER (ORDER BY users.karma DESC)");
/// assert_eq!(show(func::ntile(4).over(&order)), "ntile(4) OVER (ORDER BY users.karma DESC)");
/// let _: Expr<f64> = func::percent_rank().over(&order);
/// let _: Expr<f64> = func::cume_dist().over(&order);
/// # Ok(())
/// # }
/// ```
pub fn row_number() -> WindowFunction<i64> {
    without("row_number")
}

/// The number of the first of the rows that are equal in order: 1, 2, 2, 4. See [`row_number`].
pub fn rank() -> WindowFunction<i64> {
    without("rank")
}

/// The number of the group of rows that are equal in order: 1, 2, 2, 3. See [`row_number`].
pub fn dense_rank() -> WindowFunction<i64> {
    without("dense_rank")
}

/// The part of the other rows that stand before this one, from 0 to 1. See [`row_number`].
pub fn percent_rank() -> WindowFunction<f64> {
    without("percent_rank")
}

/// The part of the rows that stand before this one or beside it, above 0 and up to 1. See [`row_number`].
pub fn cume_dist() -> WindowFunction<f64> {
    without("cume_dist")
}

/// The number of the row's part, where the rows are dealt out in order to so many parts of a size. See [`row_number`].
pub fn ntile(parts: u32) -> WindowFunction<i64> {
    let parts = ast::Expr::Literal(Datum::Int(i64::from(parts)));
    WindowFunction(Expr::from_ast(function("ntile", vec![parts])))
}

/// The value that so many rows before has; NULL if there is no such row.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let order = window().order_by(Post.id);
/// let before: Expr<Option<i64>> = func::lag(Post.hits, 1).over(&order);
/// assert_eq!(show(before.coalesce(0)), "coalesce(lag(posts.hits, 1) OVER (ORDER BY posts.id), 0)");
/// let next = func::lead(Post.title, 1).over(&order);
/// assert_eq!(show(next), "lead(posts.title, 1) OVER (ORDER BY posts.id)");
/// # Ok(())
/// # }
/// ```
pub fn lag<E: Typed<T: Value>>(of: E, rows: u32) -> WindowFunction<Option<<E::T as Value>::Base>> {
    of_row("lag", of, Some(rows))
}

/// The value that so many rows after has; NULL if there is no such row. See [`lag`].
pub fn lead<E: Typed<T: Value>>(of: E, rows: u32) -> WindowFunction<Option<<E::T as Value>::Base>> {
    of_row("lead", of, Some(rows))
}

/// The value of the first row of the frame.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let whole = window().order_by(Post.hits.desc()).rows(..);
/// let best = func::first_value(Post.title).over(&whole);
/// assert_eq!(
///     show(best),
///     "first_value(posts.title) OVER (ORDER BY posts.hits DESC \
///      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
/// );
/// let _: Expr<Option<String>> = func::last_value(Post.title).over(&whole);
/// let _: Expr<Option<String>> = func::nth_value(Post.title, 2).over(&whole);
/// # Ok(())
/// # }
/// ```
pub fn first_value<E: Typed<T: Value>>(of: E) -> WindowFunction<Option<<E::T as Value>::Base>> {
    of_row("first_value", of, None)
}

/// The value of the last row of the frame, which without `.rows(..)` is this row. See [`first_value`].
pub fn last_value<E: Typed<T: Value>>(of: E) -> WindowFunction<Option<<E::T as Value>::Base>> {
    of_row("last_value", of, None)
}

/// The value of a row of the frame, from 1; NULL if it has not as many. See [`first_value`].
pub fn nth_value<E: Typed<T: Value>>(of: E, row: u32) -> WindowFunction<Option<<E::T as Value>::Base>> {
    of_row("nth_value", of, Some(row))
}
