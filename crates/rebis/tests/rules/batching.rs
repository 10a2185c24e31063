//! Rules of the unit of work: batching.
