//! Which rows an UPDATE or DELETE is about: said in the same words by both, written once by a macro.

use super::{JoinPart, JoinTarget};
use crate::ast::{self, Fault, TableRef};

macro_rules! criteria {
    ($type:ident, $word:literal, $others:ident) => {
        impl<M> $type<M> {
            /// The tree, to be changed.
            pub fn ast_mut(&mut self) -> &mut ast::$type {
                &mut self.ast
            }

            /// WHERE. Called again, all must hold. A condition that says nothing (`None`, an empty `Vec`) does not count
            /// as one.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let bad = || User.karma.lt(0);
            /// assert_eq!(User.delete().filter(bad()).to_string(), "DELETE FROM users WHERE karma < 0");
            /// let stmt = User.update().set(User.karma, 0).filter(bad()).filter(None::<Expr<bool>>);
            /// assert_eq!(stmt.to_string(), "UPDATE users SET karma = 0 WHERE karma < 0");
            /// # Ok(())
            /// # }
            /// ```
            pub fn filter(mut self, condition: impl $crate::IntoCondition) -> Self {
                $crate::build::select::push_condition(&mut self.ast.filter, condition);
                self
            }

            /// Says that all rows are meant.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// assert_eq!(User.delete().all_rows().to_string(), "DELETE FROM users");
            /// let nobody = User.delete().to_sql(dialect::sqlite()).expect_err("which rows?");
            /// assert_eq!(nobody.kind(), rebis_core::ErrorKind::InvalidStatement);
            /// # Ok(())
            /// # }
            /// ```
            pub fn all_rows(mut self) -> Self {
                self.all_rows = true;
                self
            }

            /// Reads another table too: along a relation, or an entity with `.on(..)`. Called again, one more.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = User.update().set(User.karma, Post.hits).join(Post.on(Post.author_id.eq(User.id)));
            /// assert_eq!(
            ///     stmt.to_string(),
            ///     "UPDATE users SET karma = posts.hits FROM posts WHERE posts.author_id = users.id"
            /// );
            /// assert_eq!(
            ///     stmt.to_sql(dialect::mysql())?,
            ///     "UPDATE users, posts SET users.karma = posts.hits WHERE posts.author_id = users.id"
            /// );
            ///
            /// let stmt = User.delete().join(Post.on(Post.author_id.eq(User.id))).filter(Post.hits.eq(0));
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "DELETE FROM users USING posts WHERE posts.author_id = users.id AND posts.hits = $1"
            /// );
            /// assert_eq!(
            ///     stmt.to_sql(dialect::sqlite())?,
            ///     "DELETE FROM users WHERE EXISTS \
            ///      (SELECT 1 FROM posts WHERE posts.author_id = users.id AND posts.hits = ?)"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            pub fn join(mut self, target: impl JoinTarget) -> Self {
                $crate::build::criteria::read_too(&mut self.ast.$others, &mut self.ast.filter, target);
                self
            }

            /// Says that the tables it reads may be connected by no condition: each row of one meets each row of the other.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let reset = User.update().set(User.karma, Post.hits).join(Post.on(Post.title.eq("start")));
            /// assert!(reset.to_sql(dialect::sqlite()).is_err()); // which post belongs to which user?
            /// assert_eq!(
            ///     reset.cartesian().to_string(),
            ///     "UPDATE users SET karma = posts.hits FROM posts WHERE posts.title = 'start'"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            pub fn cartesian(mut self) -> Self {
                self.ast.cartesian = true;
                self
            }

            /// The order in which rows are taken, for [`limit`](Self::limit).
            ///
            /// See [`limit`](Self::limit) for an example.
            pub fn order_by(mut self, by: impl $crate::IntoOrder) -> Self {
                by.add_to(&mut self.ast.first.get_or_insert_default().order_by);
                self
            }

            /// At most so many rows. Where the database has no such clause, the rows are found by their keys.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = User.delete().filter(User.karma.lt(0)).order_by(User.id).limit(100);
            /// assert_eq!(
            ///     stmt.to_string(),
            ///     "DELETE FROM users WHERE id IN (SELECT id FROM users WHERE karma < 0 ORDER BY id LIMIT 100)"
            /// );
            /// let stmt = User.update().set(User.karma, 0).all_rows().order_by(User.karma.desc()).limit(3);
            /// assert_eq!(
            ///     stmt.to_sql(dialect::mysql())?,
            ///     "UPDATE users SET karma = ? ORDER BY karma DESC LIMIT ?"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            pub fn limit(mut self, rows: u64) -> Self {
                self.ast.first.get_or_insert_default().limit = Some(rows);
                self
            }

            /// With the columns of the table's primary key, which some databases must be told for some clauses.
            pub fn keyed(mut self, key: impl IntoIterator<Item = rebis_core::Name>) -> Self {
                self.ast.key = key.into_iter().collect();
                self
            }

            /// Gives back the rows it is about: as they were deleted, or as they are now.
            ///
            /// See [`Returning`](crate::Returning) for an example.
            pub fn returning<S: $crate::Selectable>(mut self, what: S) -> $crate::Returning<S::Row> {
                self.ast.returning = $crate::build::returning::items(what);
                $crate::Returning::from_ast(self.query())
            }

            /// The text for a database, with placeholders.
            ///
            /// # Errors
            /// As [`render`](crate::render::render); also if it does not say which rows.
            pub fn to_sql(&self, caps: &$crate::Capabilities) -> rebis_core::Result<String> {
                Ok($crate::render::render(&self.clone().query(), caps)?.sql)
            }

            /// The text for a database, with values in it. For logs and tests.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = User.delete().filter(User.name.eq("it's"));
            /// assert_eq!(stmt.to_sql_inline(dialect::mysql())?, "DELETE FROM users WHERE name = 'it''s'");
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            /// As [`to_sql`](Self::to_sql).
            pub fn to_sql_inline(&self, caps: &$crate::Capabilities) -> rebis_core::Result<String> {
                $crate::render::render_inline(&self.clone().query(), caps)
            }

            fn query(mut self) -> ast::Query {
                if self.ast.filter.is_empty() && !self.all_rows {
                    let fault = $crate::build::criteria::no_criteria($word, &self.ast.table);
                    self.ast.filter.push($crate::build::fault(fault));
                }
                ast::Query::$type(Box::new(self.ast))
            }
        }

        impl<M> Clone for $type<M> {
            fn clone(&self) -> Self {
                $type { ast: self.ast.clone(), all_rows: self.all_rows, model: PhantomData }
            }
        }

        impl<M> std::fmt::Display for $type<M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::build::show(&self.clone().query(), f)
            }
        }

        /// As `Display`.
        impl<M> std::fmt::Debug for $type<M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl<M> $crate::Command for $type<M> {
            fn into_request(self) -> rebis_core::Result<$crate::Request> {
                $crate::build::runnable(self.query())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M> $crate::Command for &$type<M> {
            fn into_request(self) -> rebis_core::Result<$crate::Request> {
                self.clone().into_request()
            }
        }
    };
}
pub(super) use criteria;

/// One more table that a statement reads; what it is joined on is a condition of the whole.
pub(super) fn read_too(sources: &mut Vec<ast::Source>, filter: &mut Vec<ast::Expr>, target: impl JoinTarget) {
    for JoinPart { source, on } in target.into_join() {
        sources.push(source);
        match on {
            Some(ast::Expr::And(parts)) => filter.extend(parts),
            on => filter.extend(on),
        }
    }
}

/// The mistake that costs a table.
pub(crate) fn no_criteria(what: &str, table: &TableRef) -> Fault {
    Fault {
        message: format!("this {what} does not say which rows of `{}` it is about", table.name).into(),
        help: "add `.filter(..)`; if every row is meant, say so with `.all_rows()`".into(),
        table: Some(table.name.clone()),
    }
}
