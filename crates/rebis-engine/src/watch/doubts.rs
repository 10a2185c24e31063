//! Statements that look wrong and may be meant.

use crate::Doubtful;
use rebis_core::{Error, ErrorKind, Result};
use tracing::Level;

/// Reports a statement, or refuses it.
#[cold]
pub(crate) fn doubtful(what: Doubtful, doubt: &'static str, statement: &str) -> Result<()> {
    match what {
        Doubtful::Ignore => Ok(()),
        Doubtful::Report => {
            tracing::event!(
                target: "rebis::doubtful",
                Level::WARN,
                db.query.text = statement,
                rebis.doubt = doubt,
                "a statement looks wrong"
            );
            Ok(())
        }
        Doubtful::Refuse => Err(Error::new(ErrorKind::InvalidStatement, doubt).with_help(
            "say `.order_by(..)`; the engine's option `doubtful` has such statements refused, and can report them instead",
        )),
    }
}
