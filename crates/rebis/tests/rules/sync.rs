//! Rules of the unit of work: sync.
