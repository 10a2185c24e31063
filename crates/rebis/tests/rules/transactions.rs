//! Rules of the unit of work: transactions.
