//! Rebis: plain structs over a connection, tracked objects over a session, blocking and async.

mod blocking;
mod customers;
mod futures;
mod models;

use harness::Entry;

fn main() {
    let entries: Vec<Entry> = [
        blocking::suite::ENTRIES,
        blocking::work::ENTRIES,
        futures::suite::ENTRIES,
        futures::INLINE,
        futures::work::ENTRIES,
        customers::ENTRIES,
    ]
    .concat();
    harness::main(&entries);
}
