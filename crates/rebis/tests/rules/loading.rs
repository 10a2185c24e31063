//! Rules of the unit of work: loading.
