//! Statements whose plan is asked for.

use super::{Command, Query, Request};
use rebis_core::Result;

/// Anything that can be run, for rows or for its effect, and so be explained: every [`Query`] and every [`Command`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// fn can_be_explained<Kind>(statement: impl Explained<Kind>) -> bool {
///     statement.into_explained().is_ok()
/// }
/// assert!(can_be_explained(select(User.id)) && can_be_explained(User.delete().filter(User.id.eq(5))));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no statement",
    label = "cannot be explained",
    note = "statements are `select(..)`, an entity (`User`), `sql(..)`, INSERT, UPDATE and DELETE"
)]
pub trait Explained<Kind> {
    /// The statement, as a value without types.
    ///
    /// # Errors
    /// As [`Command::into_request`].
    fn into_explained(self) -> Result<Request>;
}

/// Explained as what it is for its rows. Never made.
#[derive(Debug)]
pub enum ForRows {}

/// Explained as what it is for its effect. Never made.
#[derive(Debug)]
pub enum ForEffect {}

#[diagnostic::do_not_recommend]
impl<Q: Query> Explained<ForRows> for Q {
    fn into_explained(self) -> Result<Request> {
        Ok(self.into_request())
    }
}

#[diagnostic::do_not_recommend]
impl<C: Command> Explained<ForEffect> for C {
    fn into_explained(self) -> Result<Request> {
        self.into_request()
    }
}
