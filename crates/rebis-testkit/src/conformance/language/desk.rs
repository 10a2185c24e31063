//! What a case works with: an engine over the driver, and calls that wait.

use super::super::{Database, Setup, lab::say_skipped};
use super::{Facts, scene};
use rebis_core::{Binds, Error, ErrorKind, Result, Row, Value};
use rebis_engine::{Connection, Engine, EngineOptions, Url};
use rebis_sql::schema::MetaData;
use rebis_sql::{
    Body, Capabilities, Command, Query, Request, RequestOptions, Select, Selectable, Statement,
    StatementKind, select,
};
use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Waits for a future, whatever it gives.
trait Wait {
    fn wait(&self, future: Pin<&mut dyn Future<Output = ()>>);
}

struct Waits<'s, S>(&'s S);

impl<S: Setup> Wait for Waits<'_, S> {
    fn wait(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        self.0.block_on(future);
    }
}

fn wait_for<F: Future>(wait: &dyn Wait, future: F) -> F::Output {
    let mut output = None;
    {
        let future = pin!(async { output = Some(future.await) });
        wait.wait(future);
    }
    output.expect("the setup waits until the future is ready")
}

/// A database with an engine over it. The engine goes first.
struct Held {
    engine: Engine,
    _database: Database,
}

impl Held {
    fn new<S: Setup>(setup: &S) -> Held {
        let database = setup.open();
        let url = Url::parse("conformance://suite").expect("a URL");
        let engine = Engine::new_with(database.driver().clone(), url, EngineOptions::new());
        Held { engine, _database: database }
    }
}

/// The scene, shared by the cases that only read, as long as one of them runs.
#[doc(hidden)]
#[derive(Default)]
pub struct Shared(Mutex<Weak<Held>>);

impl Shared {
    /// Nothing yet.
    pub const fn new() -> Shared {
        Shared(Mutex::new(Weak::new()))
    }

    fn get<S: Setup>(&self, setup: &S) -> Arc<Held> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = shared.upgrade() {
            return held;
        }
        let held = Arc::new(Held::new(setup));
        let waits = Waits(setup);
        let desk = Desk { name: "scene", facts: setup.facts(), held: held.clone(), wait: &waits };
        scene::build(&desk);
        *shared = Arc::downgrade(&held);
        held
    }
}

/// Runs a case.
pub(super) fn with<S: Setup>(setup: &S, name: &'static str, shared: Option<&Shared>, case: fn(&Desk<'_>)) {
    let waits = Waits(setup);
    let held = match shared {
        Some(shared) => shared.get(setup),
        None => Arc::new(Held::new(setup)),
    };
    case(&Desk { name, facts: setup.facts(), held, wait: &waits });
}

/// One case's database.
pub struct Desk<'s> {
    name: &'static str,
    pub(super) facts: Facts,
    held: Arc<Held>,
    wait: &'s dyn Wait,
}

/// A SELECT with its values in the text.
struct Inline<R>(String, std::marker::PhantomData<fn() -> R>);

impl<R: Row> Query for Inline<R> {
    type Row = R;
    fn into_request(self) -> Request {
        as_request(&self.0, StatementKind::Read)
    }
}

/// A text as it stands.
pub(super) struct Plain<'t>(pub(super) &'t str);

impl Command for Plain<'_> {
    fn into_request(self) -> Result<Request> {
        Ok(as_request(self.0, StatementKind::Write))
    }
}

fn as_request(text: &str, kind: StatementKind) -> Request {
    let body = Body::Statement(Statement::once(text, kind), Binds::new());
    Request { body, loads: Vec::new(), options: RequestOptions::default() }
}

impl<'s> Desk<'s> {
    pub(super) fn engine(&self) -> &Engine {
        &self.held.engine
    }

    pub(super) fn caps(&self) -> &'static Capabilities {
        self.engine().capabilities()
    }

    /// Says that the case does not apply.
    pub(super) fn skip(&self, reason: &str) {
        say_skipped(self.name, reason);
    }

    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        wait_for(self.wait, future)
    }

    pub(super) fn connect(&self) -> Db<'s> {
        let conn = self.wait(self.engine().connect()).expect("the driver connects");
        Db { wait: self.wait, conn }
    }

    /// A connection, after the tables were made.
    pub(super) fn with(&self, tables: impl IntoIterator<Item = rebis_sql::schema::Table>) -> Db<'s> {
        let schema = MetaData::new(tables.into_iter().collect());
        self.wait(schema.create_all(self.engine())).expect("the tables are made");
        self.connect()
    }

    /// Checks what a SELECT gives, once with parameters and once with its values in the text.
    #[track_caller]
    pub(super) fn gives<R>(&self, query: Select<R>, expected: impl IntoIterator<Item = R::Plain>)
    where
        R: Row,
        R::Plain: PartialEq + Debug,
    {
        self.connect().gives(query, expected);
    }

    /// Checks the value of an expression without any table.
    #[track_caller]
    pub(super) fn value<S: Selectable>(&self, what: S, expected: <S::Row as Row>::Plain)
    where
        <S::Row as Row>::Plain: PartialEq + Debug,
    {
        self.gives(select(what), [expected]);
    }
}

/// A connection that waits.
pub(super) struct Db<'s> {
    wait: &'s dyn Wait,
    pub(super) conn: Connection,
}

impl Db<'_> {
    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        wait_for(self.wait, future)
    }

    #[track_caller]
    pub(super) fn gives<R>(&mut self, query: Select<R>, expected: impl IntoIterator<Item = R::Plain>)
    where
        R: Row,
        R::Plain: PartialEq + Debug,
    {
        let expected: Vec<R::Plain> = expected.into_iter().collect();
        let caps = self.conn.capabilities();
        assert_eq!(self.all(&query), expected, "{:?}", query.to_sql(caps));
        let text = query.to_sql_inline(caps).expect("it can be written");
        let inline = self.try_all(Inline::<R>(text.clone(), std::marker::PhantomData));
        assert_eq!(inline.unwrap_or_else(|e| panic!("{e}")), expected, "{text}");
    }

    pub(super) fn try_all<Q: Query>(&mut self, query: Q) -> Result<Vec<<Q::Row as Row>::Plain>> {
        wait_for(self.wait, self.conn.all(query))
    }

    #[track_caller]
    pub(super) fn all<Q: Query>(&mut self, query: Q) -> Vec<<Q::Row as Row>::Plain> {
        self.try_all(query).unwrap_or_else(|e| panic!("{e}"))
    }

    #[track_caller]
    pub(super) fn scalar<T: Value, Q: Query<Row = T>>(&mut self, query: Q) -> T {
        wait_for(self.wait, self.conn.scalar(query)).unwrap_or_else(|e| panic!("{e}"))
    }

    pub(super) fn try_run(&mut self, command: impl Command) -> Result<u64> {
        wait_for(self.wait, self.conn.execute(command))
    }

    /// Runs what must go well; how many rows it affected.
    #[track_caller]
    pub(super) fn run(&mut self, command: impl Command) -> u64 {
        self.try_run(command).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The error of a command that must fail.
    #[track_caller]
    pub(super) fn fails(&mut self, command: impl Command, kind: ErrorKind) -> Error {
        match self.try_run(command) {
            Ok(rows) => panic!("it went well, with {rows} rows"),
            Err(error) => {
                assert_eq!(error.kind(), kind, "{error}");
                error
            }
        }
    }

    /// The error of a query that must fail.
    #[track_caller]
    pub(super) fn refuses<Q: Query>(&mut self, query: Q, kind: ErrorKind) -> Error
    where
        <Q::Row as Row>::Plain: Debug,
    {
        match self.try_all(query) {
            Ok(rows) => panic!("it gave {rows:?}"),
            Err(error) => {
                assert_eq!(error.kind(), kind, "{error}");
                error
            }
        }
    }

    /// What a call on the connection gives.
    pub(super) fn wait_for<'c, F: IntoFuture>(
        &'c mut self,
        call: impl FnOnce(&'c mut Connection) -> F,
    ) -> F::Output {
        wait_for(self.wait, call(&mut self.conn).into_future())
    }

    /// Makes tables on this connection.
    pub(super) fn wait_for_tables(&mut self, schema: &MetaData) {
        wait_for(self.wait, schema.create_all(&mut self.conn)).expect("the tables are made");
    }

    pub(super) fn begin(&mut self) -> &mut Self {
        wait_for(self.wait, self.conn.begin(true)).expect("it begins");
        self
    }

    pub(super) fn commit(&mut self) {
        wait_for(self.wait, self.conn.commit()).expect("it commits");
    }

    pub(super) fn rollback(&mut self) {
        wait_for(self.wait, self.conn.rollback()).expect("it rolls back");
    }

    pub(super) fn savepoint(&mut self, name: &str) {
        wait_for(self.wait, self.conn.savepoint(name)).expect("a savepoint is set");
    }

    pub(super) fn rollback_to(&mut self, name: &str) {
        wait_for(self.wait, self.conn.rollback_to(name)).expect("it goes back");
    }

    pub(super) fn release(&mut self, name: &str) {
        wait_for(self.wait, self.conn.release(name)).expect("it is released");
    }
}
