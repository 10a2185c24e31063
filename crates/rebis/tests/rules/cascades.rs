//! Rules of the unit of work: cascades.
