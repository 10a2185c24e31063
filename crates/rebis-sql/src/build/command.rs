//! Statements that are run for their effect.

use super::Request;
use rebis_core::Result;

/// Anything that is run for the number of rows it affects: UPDATE, DELETE and INSERT without `returning`, and raw
/// SQL.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// fn kind(command: impl Command) -> rebis_core::Result<&'static str> {
///     command.into_request().map(|_| "can be run")
/// }
/// assert!(kind(User.delete().filter(User.id.eq(5))).is_ok());
/// assert!(kind(User.delete()).is_err()); // does not say which rows
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command",
    label = "cannot be run for its effect",
    note = "commands are `User.update()`, `User.delete()` and `User.insert()` without `.returning(..)`, and `sql(..)`; \
            what gives rows is a query"
)]
pub trait Command {
    /// The statement, as a value without types.
    ///
    /// # Errors
    /// [`InvalidStatement`](rebis_core::ErrorKind::InvalidStatement): it says nothing that can be run, such as an
    /// UPDATE of all rows that does not say so.
    fn into_request(self) -> Result<Request>;
}
