//! Pages by key.

use super::{Select, fault};
use crate::ast::{self, BinaryOp, Expr, Fault, Nulls, Order};
use rebis_core::{Datum, Value};

/// Where a page begins: the values that the last row of the page before has in what the query is ordered by, as a tuple.
///
/// See [`Select::after`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the end of a page",
    label = "not a tuple of values",
    note = "give the last row's value of each term of `order_by`, as a tuple: `.after((karma, id))`, `.after((id,))`"
)]
pub trait IntoPage {
    /// The values, and whether their types have a place for NULL.
    #[doc(hidden)]
    fn values(self) -> Vec<(Expr, bool)>;
}

macro_rules! pages {
    ($(($($name:ident $index:tt),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Value),+> IntoPage for ($($name,)+) {
            fn values(self) -> Vec<(Expr, bool)> {
                vec![$((Expr::of(&self.$index), $name::NULLABLE)),+]
            }
        }
    )*};
}

pages! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}

impl<R> Select<R> {
    /// Only the rows that come behind this place in the order of the query, for the next page: a seek by an index, where
    /// OFFSET would count. The order stands before, and its last term makes rows differ (a key).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let newest = select(Post.title).order_by((Post.hits.desc(), Post.id.desc())).limit(20);
    /// assert_eq!(
    ///     newest.after((7, 3)).to_string(),
    ///     "SELECT posts.title FROM posts WHERE (posts.hits, posts.id) < (7, 3) \
    ///      ORDER BY posts.hits DESC, posts.id DESC LIMIT 20"
    /// );
    /// let mixed = select(User.id).order_by((User.karma.desc(), User.id)).limit(20);
    /// assert_eq!(
    ///     mixed.after((7, 3)).to_string(),
    ///     "SELECT users.id FROM users WHERE users.karma < 7 OR users.karma = 7 AND users.id > 3 \
    ///      ORDER BY users.karma DESC, users.id LIMIT 20"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A column that may be NULL says where NULL stands (`.nulls_first()`, `.nulls_last()`), since databases differ; its
    /// value is an `Option`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(User.id).order_by((User.email.asc().nulls_last(), User.id));
    /// assert_eq!(
    ///     stmt.after((Some("x".to_owned()), 3)).to_string(),
    ///     "SELECT users.id FROM users WHERE users.email > 'x' OR users.email IS NULL \
    ///      OR users.email = 'x' AND users.id > 3 ORDER BY users.email NULLS LAST, users.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn after(mut self, place: impl IntoPage) -> Self {
        beyond(self.ast_mut(), &place.values(), |term| term);
        self
    }

    /// Only the rows that come before this place, for the page before: with a limit, those next to it. They come in the
    /// order of the query, as the pages behind do. See [`after`](Select::after).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let newest = select(Post.title).order_by((Post.hits.desc(), Post.id.desc())).limit(20);
    /// assert_eq!(
    ///     newest.before((7, 3)).to_string(),
    ///     "SELECT page.title FROM (SELECT posts.title, posts.hits AS order_1, posts.id AS order_2 FROM posts \
    ///      WHERE (posts.hits, posts.id) > (7, 3) ORDER BY posts.hits, posts.id LIMIT 20) AS page \
    ///      ORDER BY page.order_1 DESC, page.order_2 DESC"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn before(mut self, place: impl IntoPage) -> Self {
        let select = self.ast_mut();
        select.backwards = true;
        beyond(select, &place.values(), Order::reversed);
        self
    }
}

/// The condition for rows behind a place, in an order of these terms.
fn beyond(select: &mut ast::Select, values: &[(Expr, bool)], turned: impl Fn(Order) -> Order) {
    let terms: Vec<Order> = select.order_by.iter().map(|term| turned(spelt_out(term, select))).collect();
    select.filter.push(if terms.len() == values.len() {
        behind(&terms, values)
    } else {
        fault(Fault {
            message: format!("a place of {} values in an order of {} terms", values.len(), terms.len()).into(),
            help: "give `.after(..)` and `.before(..)` one value for each term of `.order_by(..)`, which stands before them"
                .into(),
            table: None,
        })
    });
}

/// A label is of no use in WHERE: what it stands for is.
fn spelt_out(term: &Order, select: &ast::Select) -> Order {
    let labelled = |name| select.items.iter().find(|item| item.label.as_ref() == Some(name));
    match &term.expr {
        Expr::Label(name) => {
            Order { expr: labelled(name).map_or(term.expr.clone(), |item| item.expr.clone()), ..term.clone() }
        }
        _ => term.clone(),
    }
}

fn behind(terms: &[Order], values: &[(Expr, bool)]) -> Expr {
    let one_way = terms.windows(2).all(|pair| pair[0].descending == pair[1].descending);
    let plain = terms.iter().all(|term| term.nulls.is_none()) && values.iter().all(|(_, nullable)| !nullable);
    if let (true, true, [first, _, ..]) = (one_way, plain, terms) {
        let op = if first.descending { BinaryOp::Lt } else { BinaryOp::Gt };
        let left = Expr::Tuple(terms.iter().map(|term| term.expr.clone()).collect());
        let right = Expr::Tuple(values.iter().map(|(value, _)| value.clone()).collect());
        return binary(op, left, right);
    }
    let mut ways = Vec::new();
    for (at, (term, (value, nullable))) in terms.iter().zip(values).enumerate() {
        let beside = terms.iter().zip(values).take(at).map(|(term, (value, _))| beside(term, value));
        let beside: Vec<Expr> = beside.collect();
        for last in behind_one(term, value, *nullable) {
            match beside.as_slice() {
                [] => ways.push(last),
                some => ways.push(Expr::And(some.iter().cloned().chain([last]).collect())),
            }
        }
    }
    Expr::Or(ways)
}

fn beside(term: &Order, value: &Expr) -> Expr {
    match value {
        Expr::Value(Datum::Null) => is_null(term, false),
        value => binary(BinaryOp::Eq, term.expr.clone(), value.clone()),
    }
}

/// What makes a row come behind in one term: any of these.
fn behind_one(term: &Order, value: &Expr, nullable: bool) -> Vec<Expr> {
    let op = if term.descending { BinaryOp::Lt } else { BinaryOp::Gt };
    match (value, term.nulls) {
        (_, None) if nullable => vec![fault(Fault {
            message: "a page of rows that may have NULL in what they are ordered by".into(),
            help: "say where NULL stands: `.order_by(User.email.asc().nulls_last())`".into(),
            table: None,
        })],
        (Expr::Value(Datum::Null), Some(Nulls::First)) => vec![is_null(term, true)],
        (Expr::Value(Datum::Null), _) => Vec::new(),
        (value, nulls) => {
            let greater = binary(op, term.expr.clone(), value.clone());
            let null = (nulls == Some(Nulls::Last)).then(|| is_null(term, false));
            [greater].into_iter().chain(null).collect()
        }
    }
}

fn is_null(term: &Order, negated: bool) -> Expr {
    Expr::IsNull { of: Box::new(term.expr.clone()), negated }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr::Binary { op, left: Box::new(left), right: Box::new(right) }
}
