//! A connection on a thread of its own.

use crate::driver::Opening;
use rebis_core::Result;
use rebis_driver::Connection;

pub(crate) async fn connect(opening: Opening) -> Result<Box<dyn Connection>> {
    Ok(Box::new(opening.inline()?))
}
