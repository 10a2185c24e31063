//! The verbs that one driver alone has, on the blocking face.

use crate::{Connection, Engine, Transaction, block_on};
use rebis_core::{BoxFuture, Result};
use rebis_driver::{Drives, Face, Lease, Lent};
use rebis_sql::{Capabilities, Statement};
use std::any::Any;
use std::panic::Location;

/// Answers are results: the thread waits.
#[derive(Clone, Copy, Debug)]
pub enum Waiting {}

impl Face for Waiting {
    type Done<'a, T: Send + 'a> = Result<T>;

    fn done<'a, T: Send + 'a>(work: BoxFuture<'a, Result<T>>) -> Result<T> {
        block_on(work)
    }
}

macro_rules! leases {
    ($($type:ty),*) => {$(
        impl Lease for $type {
            type Face = Waiting;

            fn own(&mut self) -> Option<&mut dyn Any> {
                Lease::own(&mut *self.as_async())
            }

            fn capabilities(&self) -> &'static Capabilities {
                self.0.capabilities()
            }

            fn lend(&mut self, site: &'static Location<'static>) -> BoxFuture<'_, Result<Lent>> {
                self.as_async().lend(site)
            }

            fn returned(&mut self, lent: Lent, statement: &Statement, rows: Result<u64>) -> Result<u64> {
                self.as_async().returned(lent, statement, rows)
            }
        }
    )*};
}

leases!(Connection, Transaction<'_>);

impl Drives for Engine {
    type Face = Waiting;

    fn own(&self) -> Option<&dyn Any> {
        self.as_async().own()
    }

    fn database(&self) -> &'static str {
        self.capabilities().name
    }
}
