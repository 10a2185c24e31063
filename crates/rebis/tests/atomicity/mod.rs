//! A flush is all or nothing, in the database and in memory, whichever of its statements fails.
//!
//! One piece of work that writes in every way a flush can is run again and again, and fails at each of its statements
//! in turn, in each way that a database fails. Afterwards the database is as before, the session says that it must be
//! rolled back, after the rollback every object is as before, and the same work then gives the same database as if
//! nothing had happened.
//!
//! Included by a crate for each kind of database, which says what a `Place` is, which `PLACES` there are, and how
//! `database` makes one with all the tables.

mod flushes;
mod savepoints;
mod work;

use super::{PLACES, Place, database};
use rebis::ErrorKind;
use rebis_testkit::faulty::Fault;

/// How a database fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The statement alone.
    Statement,
    /// And the transaction with it.
    Transaction,
    /// And the connection.
    Connection,
}

const WAYS: [Way; 3] = [Way::Statement, Way::Transaction, Way::Connection];

impl Way {
    fn kind(self) -> ErrorKind {
        match self {
            Way::Statement => ErrorKind::DiskFull,
            Way::Transaction => ErrorKind::Deadlock,
            Way::Connection => ErrorKind::ConnectionLost,
        }
    }

    fn at(self, n: usize) -> Fault {
        let fault = Fault::new(self.kind()).nth(n);
        match self {
            Way::Statement => fault,
            Way::Transaction => fault.aborting(),
            Way::Connection => fault.disconnecting(),
        }
    }
}
