//! What arrays, ranges and networks hold, and what can be done with arrays.

use super::{Column, Expr, IntoCondition, IntoExpr, Subquery, Typed};
use crate::ast::{self, ArrayOp, Holding, Source, Special};
use rebis_core::{Array, Contained, Container, Datum, Name, Value};
use std::cell::Cell;

/// Two operands, of which one holds the other.
fn holds<A: Value, B>(what: Holding, first: Expr<A>, second: Expr<B>) -> Expr<bool> {
    let what = Special::Holds { what, of: Box::new(A::sql_type()), nullable: A::NULLABLE };
    first.zip(second, |first, second| ast::Expr::Special { what, of: vec![first, second] })
}

fn array<A: Array, B>(what: ArrayOp, array: Expr<A>, other: Option<ast::Expr>) -> Expr<B> {
    let of = Box::new(A::sql_type().element().clone());
    let what = Special::Array { what, of, nullable: A::NULLABLE };
    array.map(|array| ast::Expr::Special { what, of: std::iter::once(array).chain(other).collect() })
}

macro_rules! arrays {
    ([$($generic:ident)?] $type:ty) => {
        impl<$($generic,)? T: Container> $type {
            /// Whether a value is in the array, range or network.
            ///
            /// An element that is NULL is never found. PostgreSQL can use an index of the array (`USING gin`).
            ///
            /// ```
            /// use rebis_sql::{Column, dialect, select};
            /// # struct Post;
            /// const ID: Column<Post, i64> = Column::new("posts", "id", 0);
            /// const TAGS: Column<Post, Vec<String>> = Column::new("posts", "tags", 1);
            /// let stmt = select(ID).filter(TAGS.has("rust"));
            /// let start = "SELECT posts.id FROM posts WHERE";
            /// assert_eq!(stmt.to_sql(dialect::postgres())?, format!("{start} posts.tags @> $1"));
            /// assert_eq!(stmt.to_sql(dialect::mysql())?, format!("{start} json_contains(posts.tags, ?)"));
            /// assert_eq!(
            ///     stmt.to_string(),
            ///     format!("{start} EXISTS (SELECT 1 FROM json_each(posts.tags) AS element WHERE element.value = 'rust')")
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            ///
            /// Ranges and networks are asked by PostgreSQL alone:
            ///
            /// ```
            /// use rebis_core::Range;
            /// use rebis_sql::{Column, dialect, select};
            /// # struct Room;
            /// const SEATS: Column<Room, Range<i32>> = Column::new("rooms", "seats", 0);
            /// let stmt = select(SEATS).filter(SEATS.has(12));
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT rooms.seats FROM rooms WHERE rooms.seats @> CAST($1 AS INTEGER)"
            /// );
            /// assert!(stmt.to_sql(dialect::mysql()).is_err());
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn has(self, value: impl IntoExpr<T::Held>) -> Expr<bool> {
                holds(Holding::One, self.typed(), value.into_expr())
            }

            /// Whether all that is in another is in this.
            ///
            /// ```
            /// use rebis_sql::{Column, dialect, select};
            /// # struct Post;
            /// const TAGS: Column<Post, Vec<String>> = Column::new("posts", "tags", 0);
            /// let stmt = select(TAGS).filter(TAGS.has_all(["rust", "sql"]) & !TAGS.overlaps(["old"]));
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT posts.tags FROM posts WHERE posts.tags @> $1 AND NOT (posts.tags && $2)"
            /// );
            /// assert_eq!(
            ///     stmt.to_sql(dialect::mysql())?,
            ///     "SELECT posts.tags FROM posts WHERE json_contains(posts.tags, ?) AND NOT (json_overlaps(posts.tags, ?))"
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn has_all(self, other: impl IntoExpr<T::Base>) -> Expr<bool> {
                holds(Holding::All, self.typed(), other.into_expr())
            }

            /// Whether something is in both. See [`has_all`](Self::has_all).
            pub fn overlaps(self, other: impl IntoExpr<T::Base>) -> Expr<bool> {
                holds(Holding::Some, self.typed(), other.into_expr())
            }
        }

        impl<$($generic,)? T: Contained> $type {
            /// Whether all of it is in another: an array in an array, a range in a range, an address or a network in a
            /// network.
            ///
            /// ```
            /// use rebis_core::Network;
            /// use rebis_sql::{Column, dialect, select};
            /// use std::net::IpAddr;
            /// # struct Host;
            /// const ADDRESS: Column<Host, IpAddr> = Column::new("hosts", "address", 0);
            /// let home: Network = "192.168.0.0/16".parse()?;
            /// assert_eq!(
            ///     select(ADDRESS).filter(ADDRESS.is_within(home)).to_sql(dialect::postgres())?,
            ///     "SELECT hosts.address FROM hosts WHERE hosts.address <<= CAST($1 AS INET)"
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn is_within(self, other: impl IntoExpr<T::Whole>) -> Expr<bool> {
                holds(Holding::Within, self.typed(), other.into_expr())
            }
        }

        impl<$($generic,)? T: Array> $type {
            /// How many elements it has.
            ///
            /// ```
            /// use rebis_sql::{Column, dialect, select};
            /// # struct Post;
            /// const TAGS: Column<Post, Vec<String>> = Column::new("posts", "tags", 0);
            /// let stmt = select((TAGS.len(), TAGS.at(0), TAGS.slice(0, 3)));
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT cardinality(posts.tags), posts.tags[1], posts.tags[1:3] FROM posts"
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            #[allow(clippy::len_without_is_empty, reason = "an expression: `.len().eq(0)`")]
            pub fn len(self) -> Expr<Option<i64>> {
                array(ArrayOp::Length, self.typed(), None)
            }

            /// One of its elements, counted from 0; NULL if it has fewer. See [`len`](Self::len).
            pub fn at(self, position: u32) -> Expr<Option<<T::Item as Value>::Base>> {
                array(ArrayOp::At(position), self.typed(), None)
            }

            /// Its elements from one to before another, counted from 0. See [`len`](Self::len).
            pub fn slice(self, from: u32, to: u32) -> Expr<T> {
                array(ArrayOp::Slice(from, to), self.typed(), None)
            }

            /// With a value behind its elements.
            ///
            /// ```
            /// use rebis_sql::{Column, Update, ast, dialect};
            /// # struct Post;
            /// const TAGS: Column<Post, Vec<String>> = Column::new("posts", "tags", 0);
            /// let posts = || Update::<Post>::new(ast::TableRef::new("posts"));
            /// let stmt = posts().set(TAGS, TAGS.append("rust")).all_rows();
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "UPDATE posts SET tags = array_append(tags, CAST($1 AS TEXT))"
            /// );
            /// assert_eq!(stmt.to_sql(dialect::sqlite())?, "UPDATE posts SET tags = json_insert(tags, '$[#]', ?)");
            /// assert_eq!(stmt.to_sql(dialect::mysql())?, "UPDATE posts SET tags = json_array_append(tags, '$', ?)");
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn append(self, value: impl IntoExpr<T::Item>) -> Expr<T> {
                array(ArrayOp::Append, self.typed(), Some(value.into_expr().into_ast()))
            }

            /// With the elements of another behind its own. See [`append`](Self::append).
            pub fn append_all(self, other: impl IntoExpr<T::Base>) -> Expr<T> {
                array(ArrayOp::Concat, self.typed(), Some(other.into_expr().into_ast()))
            }

            /// Without the elements that are equal to a value; not in MySQL and MariaDB. See [`append`](Self::append).
            pub fn without(self, value: impl IntoExpr<T::Item>) -> Expr<T> {
                array(ArrayOp::Remove, self.typed(), Some(value.into_expr().into_ast()))
            }

            /// Whether a condition holds for some element. There is none in NULL.
            ///
            /// ```
            /// use rebis_sql::{Column, dialect, select};
            /// # struct Post;
            /// const SCORES: Column<Post, Vec<i64>> = Column::new("posts", "scores", 0);
            /// let stmt = select(SCORES).filter(SCORES.any(|score| score.gt(90)));
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT posts.scores FROM posts \
            ///      WHERE EXISTS (SELECT 1 FROM unnest(posts.scores) AS element (value) WHERE element.value > $1)"
            /// );
            /// assert_eq!(
            ///     stmt.to_sql(dialect::mysql())?,
            ///     "SELECT posts.scores FROM posts WHERE EXISTS (SELECT 1 \
            ///      FROM json_table(posts.scores, '$[*]' COLUMNS (value BIGINT PATH '$')) AS element WHERE element.value > ?)"
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn any<C: IntoCondition>(self, test: impl FnOnce(Expr<T::Item>) -> C) -> Expr<bool> {
                exists::<T, C>(self.typed(), false, test)
            }

            /// Whether a condition holds for all elements, of which none may be there. One that is NULL does not count.
            /// See [`any`](Self::any).
            pub fn all<C: IntoCondition>(self, test: impl FnOnce(Expr<T::Item>) -> C) -> Expr<bool> {
                exists::<T, C>(self.typed(), true, test)
            }

            /// Its elements as rows, to be joined.
            ///
            /// ```
            /// use rebis_sql::{Column, ast, dialect, func, select};
            /// # struct Post;
            /// const TAGS: Column<Post, Vec<String>> = Column::new("posts", "tags", 0);
            /// let tag = TAGS.elements("tag");
            /// let stmt = select((tag.value(), func::count())).select_from(ast::TableRef::new("posts")).join(tag.always());
            /// let stmt = stmt.group_by(tag.value());
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT tag.value, count(*) FROM posts JOIN unnest(posts.tags) AS tag (value) ON 1 = 1 GROUP BY tag.value"
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn elements(self, name: impl Into<Name>) -> Subquery<T::Item> {
                let name = name.into();
                Subquery::of(rows(self.typed(), name.clone()), name, vec!["value".into()])
            }
        }
    };
}

arrays!([M] Column<M, T>);
arrays!([] Expr<T>);

fn rows<A: Array>(of: Expr<A>, alias: Name) -> Source {
    let call = array::<A, ()>(ArrayOp::Elements, of, None).into_ast();
    Source::Function { call, alias, columns: vec!["value".into()] }
}

/// `all`: there is none for which it does not hold.
fn exists<A: Array, C: IntoCondition>(
    of: Expr<A>,
    all: bool,
    test: impl FnOnce(Expr<A::Item>) -> C,
) -> Expr<bool> {
    let (alias, _within) = Depth::enter();
    let rows =
        Subquery::<A::Item>::of(Source::Table(ast::TableRef::new("")), alias.clone(), vec!["value".into()]);
    let condition = test(rows.column("value")).into_condition();
    let condition = if all { super::condition::not(condition.into_ast()) } else { condition.into_ast() };
    let origin = of.origin();
    let select = ast::Select {
        items: vec![ast::Expr::Literal(Datum::Int(1)).into()],
        from: Some(self::rows(of, alias)),
        filter: vec![condition],
        ..ast::Select::default()
    };
    Expr::with_origin(ast::Expr::Exists { select: Box::new(select), negated: all }, origin)
}

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// How many conditions on elements stand around: each has names of its own.
struct Depth;

impl Depth {
    fn enter() -> (Name, Depth) {
        let depth = DEPTH.get();
        DEPTH.set(depth + 1);
        let alias = if depth == 0 { "element".into() } else { format!("element{}", depth + 1).into() };
        (alias, Depth)
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}
