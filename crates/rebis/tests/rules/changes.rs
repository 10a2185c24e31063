//! Rules of the unit of work: changes.
