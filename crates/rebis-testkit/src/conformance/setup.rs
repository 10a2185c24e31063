//! What a driver tells the suite of itself.

use super::language::Facts;
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Driver;
use std::any::Any;
use std::future::Future;
use std::sync::Arc;

/// How the suite gets at a driver, and what its database declares to do differently. Everything but
/// [`open`](Setup::open) has a default.
///
/// See [the module](super) for an example.
pub trait Setup: Sync {
    /// A driver on an empty database that nothing else uses. Called once for each case.
    fn open(&self) -> Database;

    /// Waits for a future. A driver that needs a runtime enters it here.
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        rebis_engine::block_on(future)
    }

    /// What comes back for a value that was stored in a column of its own type.
    fn comes_back(&self, sent: &Datum) -> Back {
        let _ = sent;
        Back::Same
    }

    /// Cases that do not hold for this database, each with the reason. A skip is printed; one that names no case
    /// fails the suite.
    fn skips(&self) -> &'static [Skip] {
        &[]
    }

    /// How statements of the language turn out here, where databases differ and no capability tells.
    fn facts(&self) -> Facts {
        Facts::default()
    }

    /// A driver for a database that cannot be reached.
    fn unreachable(&self) -> Option<Arc<dyn Driver>> {
        None
    }
}

/// What comes back for a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Back {
    /// What was sent.
    Same,
    /// Another value that stands for it.
    As(Datum),
    /// None: the statement that sends it fails with this kind.
    Refused(ErrorKind),
}

/// A case that does not hold, and why.
#[derive(Clone, Copy, Debug)]
pub struct Skip {
    /// `topic::case`, as tests are named.
    pub case: &'static str,
    /// What the database does instead, or lacks.
    pub reason: &'static str,
}

/// An empty database, and a driver for it.
pub struct Database {
    // Before what it needs: fields are dropped in order.
    driver: Arc<dyn Driver>,
    _kept: Option<Box<dyn Any + Send + Sync>>,
}

impl Database {
    /// A database that needs nothing but its driver.
    pub fn new(driver: impl Driver) -> Database {
        Database { driver: Arc::new(driver), _kept: None }
    }

    /// Keeps something for as long as the database is used: the guard of a folder or of a server.
    ///
    /// ```
    /// # use rebis_testkit::conformance::Database;
    /// # struct Folder;
    /// # let folder = Folder;
    /// # let driver = rebis_sqlite::Sqlite::memory();
    /// let database = Database::new(driver).keeping(folder);
    /// # let _ = database.driver();
    /// ```
    #[must_use]
    pub fn keeping(mut self, kept: impl Any + Send + Sync) -> Database {
        self._kept = Some(Box::new(kept));
        self
    }

    /// The driver.
    pub fn driver(&self) -> &Arc<dyn Driver> {
        &self.driver
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("system", &self.driver.system()).finish_non_exhaustive()
    }
}
