//! Rules of the unit of work: merging.
