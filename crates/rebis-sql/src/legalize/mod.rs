//! What a database cannot be told in one statement, told in several; and what it lacks in a SELECT, said with other
//! constructs. Rewrites of trees: no text, no I/O.
//!
//! What is but a word or a clause elsewhere is data in [`Capabilities`] and the renderer's business.

mod inserted;
mod reread;
mod select;
mod split;

pub use reread::Reread;
pub(crate) use select::{needed, rewritten};
pub use split::split;

use crate::Capabilities;
use crate::ast::Query;
use rebis_core::Result;

/// How a statement is run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// As it is.
    Once(Query),
    /// As these, in their order and in one transaction.
    Each(Vec<Query>),
    /// Its rows are found, written and read, in one transaction.
    Reread(Box<Reread>),
}

/// How a database runs a statement.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use rebis_sql::legalize::{Plan, plan};
/// let update = User.update().set(User.karma, 0).filter(User.karma.lt(0)).returning(User.name).ast().clone();
/// assert!(matches!(plan(update.clone(), dialect::postgres())?, Plan::Once(_)));
/// assert!(matches!(plan(update, dialect::mariadb())?, Plan::Reread(_)));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Unsupported`](rebis_core::ErrorKind::Unsupported): it cannot be told in several statements either.
pub fn plan(query: Query, caps: &Capabilities) -> Result<Plan> {
    if !is_several(&query, caps) {
        return Ok(Plan::Once(query));
    }
    match query {
        Query::Update(update) => Reread::update(*update, caps).map(|reread| Plan::Reread(Box::new(reread))),
        Query::Delete(delete) => Reread::delete(*delete, caps).map(|reread| Plan::Reread(Box::new(reread))),
        Query::Insert(insert) if !insert.returning.is_empty() && !caps.returning => {
            inserted::plan(*insert, caps).map(Plan::Each)
        }
        other => Ok(Plan::Each(split(other, caps))),
    }
}

/// Whether [`plan`] gives more than the statement itself.
pub fn is_several(query: &Query, caps: &Capabilities) -> bool {
    match query {
        Query::Insert(insert) => {
            !insert.returning.is_empty() && !caps.returning || split::is_several(insert, caps)
        }
        Query::Update(update) => !update.returning.is_empty() && !caps.returning_update,
        Query::Delete(delete) => !delete.returning.is_empty() && !caps.returning,
        Query::Select(_) | Query::Raw(_) => false,
    }
}
