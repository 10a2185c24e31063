//! States of an object.

/// Where an object stands between the program and the database.
///
/// See [`Graph::state`](super::Graph::state) for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It was new and its transaction was rolled back, or it was expunged before it was written. It can be read,
    /// and added again.
    Transient,
    /// It is new and will be inserted.
    Pending,
    /// It stands for a row of the database.
    Persistent,
    /// It stands for a row that will be deleted.
    Deleting,
    /// Its row was deleted in this transaction.
    Deleted,
    /// It no longer belongs to the session's work: deleted and committed, or expunged. It can be read.
    Detached,
}

impl State {
    /// Whether the object stands for a row that a query may give.
    pub(crate) fn stands_for_a_row(self) -> bool {
        match self {
            State::Pending | State::Persistent | State::Deleting | State::Deleted => true,
            State::Transient | State::Detached => false,
        }
    }

    /// Whether the object takes part in loads and flushes.
    pub fn is_attached(self) -> bool {
        match self {
            State::Pending | State::Persistent | State::Deleting => true,
            State::Transient | State::Deleted | State::Detached => false,
        }
    }
}
