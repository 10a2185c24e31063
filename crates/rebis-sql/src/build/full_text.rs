//! Searches in words: `func::words(..)`.

use super::{Expr, IntoExpr, func::IntoArgs};
use crate::ast::{self, FullTextSearch, Special};
use rebis_core::Name;

/// Texts that are searched in words; see [`func::words`](super::func::words).
#[derive(Clone, Debug)]
#[must_use = "it is asked by `.matching(..)` or `.rank(..)`"]
pub struct FullTextWords {
    of: Vec<ast::Expr>,
    search: FullTextSearch,
}

/// Texts to be searched in words, as a [full-text index](crate::schema::Index::full_text) has them: the same columns in
/// the same order. `to_tsvector(..) @@ plainto_tsquery(..)` in PostgreSQL, `MATCH (..) AGAINST (..)` in MySQL and MariaDB,
/// which want such an index, an FTS5 table in SQLite, which is searched by the name of the index.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let words = func::words(Post.title).language("english").index("ix_posts_title");
/// let stmt = select(Post.id).filter(words.matching("rust sql")).order_by(words.rank("rust sql").desc());
/// assert_eq!(
///     stmt.to_sql_inline(dialect::postgres())?,
///     "SELECT posts.id FROM posts \
///      WHERE to_tsvector('english', coalesce(posts.title, '')) @@ plainto_tsquery('english', 'rust sql') \
///      ORDER BY CAST(ts_rank(to_tsvector('english', coalesce(posts.title, '')), \
///      plainto_tsquery('english', 'rust sql')) AS DOUBLE PRECISION) DESC"
/// );
/// assert_eq!(
///     stmt.to_sql_inline(dialect::mysql())?,
///     "SELECT posts.id FROM posts WHERE MATCH (posts.title) AGAINST ('rust sql') \
///      ORDER BY MATCH (posts.title) AGAINST ('rust sql') DESC"
/// );
/// let stmt = select(Post.id).filter(words.matching("rust sql"));
/// assert_eq!(
///     stmt.to_sql(dialect::sqlite())?,
///     "SELECT posts.id FROM posts WHERE posts.rowid IN (SELECT rowid FROM ix_posts_title \
///      WHERE ix_posts_title MATCH '\"' || replace(replace(?, '\"', ' '), ' ', '\" \"') || '\"')"
/// );
/// # Ok(())
/// # }
/// ```
pub fn words(texts: impl IntoArgs) -> FullTextWords {
    FullTextWords { of: texts.into_args(), search: FullTextSearch::default() }
}

impl FullTextWords {
    /// The language, by which words are known in all their forms: one that PostgreSQL has a configuration for. The others
    /// take words as they stand, and so does PostgreSQL without it.
    ///
    /// See [`func::words`](super::func::words) for an example.
    pub fn language(mut self, language: &'static str) -> Self {
        self.search.language = Some(language.into());
        self
    }

    /// The name of the index, which SQLite must be told; without it the texts are columns of an FTS5 table themselves.
    ///
    /// See [`func::words`](super::func::words) for an example.
    pub fn index(mut self, name: impl Into<Name>) -> Self {
        self.search.index = Some(name.into());
        self
    }

    /// Whether the texts match: all of the words in PostgreSQL and SQLite, any of them in MySQL and MariaDB.
    ///
    /// See [`func::words`](super::func::words) for an example.
    pub fn matching(&self, words: impl IntoExpr<String>) -> Expr<bool> {
        self.asked(words, false)
    }

    /// How well they match, 0 for not at all: for ORDER BY. Each database measures in its own way.
    ///
    /// See [`func::words`](super::func::words) for an example.
    pub fn rank(&self, words: impl IntoExpr<String>) -> Expr<f64> {
        self.asked(words, true)
    }

    fn asked<T>(&self, words: impl IntoExpr<String>, rank: bool) -> Expr<T> {
        let FullTextWords { mut of, search } = self.clone();
        of.push(words.into_expr().into_ast());
        let what = Special::FullText(Box::new(FullTextSearch { rank, ..search }));
        Expr::from_ast(ast::Expr::Special { what, of })
    }
}

/// Whether the texts match a search in words: [`words`]`(texts).matching(words)`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(Post.id).filter(func::matches_words(Post.title, "rust sql"));
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT posts.id FROM posts WHERE to_tsvector('simple', coalesce(posts.title, '')) @@ plainto_tsquery('simple', $1)"
/// );
/// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT posts.id FROM posts WHERE MATCH (posts.title) AGAINST (?)");
/// # Ok(())
/// # }
/// ```
pub fn matches_words(texts: impl IntoArgs, words: impl IntoExpr<String>) -> Expr<bool> {
    self::words(texts).matching(words)
}
