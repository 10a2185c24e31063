//! What the tests of the engine share: an engine over SQLite in memory, and queries from text.
#![allow(dead_code, missing_docs, unreachable_pub)]

pub mod fake;

use rebis_core::{Binds, Row, Value};
use rebis_engine::{Engine, EngineOptions};
use rebis_sql::build::{Body, Query, Request, RequestOptions};
use rebis_sql::{Statement, StatementKind};
use rebis_sqlite::{Options, Placement, Sqlite};
use std::marker::PhantomData;
use std::sync::Arc;

pub fn engine(placement: Placement, options: EngineOptions) -> Engine {
    let driver = Sqlite::new(Options::memory().placement(placement));
    Engine::new_with(Arc::new(driver), "sqlite://".parse().expect("a right URL"), options)
}

pub fn inline() -> Engine {
    engine(Placement::Inline, EngineOptions::new())
}

pub fn worker() -> Engine {
    engine(Placement::Worker, EngineOptions::new())
}

/// A query from a text, with rows of type `R`.
pub struct Text<R> {
    text: &'static str,
    binds: Binds,
    by_name: bool,
    row: PhantomData<R>,
}

pub fn query<R>(text: &'static str) -> Text<R> {
    Text { text, binds: Binds::new(), by_name: false, row: PhantomData }
}

impl<R> Text<R> {
    pub fn bind<T: Value>(mut self, value: T) -> Self {
        value.encode(&mut self.binds);
        self
    }

    pub fn by_name(mut self) -> Self {
        self.by_name = true;
        self
    }
}

impl<R: Row> Query for Text<R> {
    type Row = R;
    fn into_request(self) -> Request {
        let mut options = RequestOptions::default();
        options.by_name = self.by_name;
        let statement = Statement::new(self.text, StatementKind::Read);
        Request { body: Body::Statement(statement, self.binds), loads: Vec::new(), options }
    }
}
