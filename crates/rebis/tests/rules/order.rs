//! Rules of the unit of work: order.
