//! Options of one statement.

use super::{
    Command, Delete, Insert, PreparedQuery, Query, RawQuery, RawSql, Request, Returning, Select, Update,
    Upsert,
};
use rebis_core::{Result, Row};
use std::time::Duration;

/// A statement with options of its own for how it is run. Made by `.timeout(..)` and `.once()`, which come last.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use std::time::Duration;
/// let names = select(User.name).filter(User.karma.gt(5)).timeout(Duration::from_millis(200));
/// // let names: Vec<String> = conn.all(names)?; // an error of the kind `Timeout`, if it takes longer
/// let report = sql("SELECT count(*) FROM users").rows::<i64>().once().timeout(Duration::from_secs(60));
/// # assert_eq!(names.into_request().options.timeout, Some(Duration::from_millis(200)));
/// # assert!(report.into_request().options.once);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is run"]
pub struct Limited<S> {
    statement: S,
    timeout: Option<Duration>,
    once: bool,
}

impl<S> Limited<S> {
    fn new(statement: S) -> Self {
        Limited { statement, timeout: None, once: false }
    }

    /// How long it may take, whatever the session or the connection says.
    ///
    /// See [`Limited`] for an example.
    pub fn timeout(self, most: Duration) -> Self {
        Limited { timeout: Some(most), ..self }
    }

    /// It is not kept prepared: for a text that hardly comes again.
    ///
    /// See [`Limited`] for an example.
    pub fn once(self) -> Self {
        Limited { once: true, ..self }
    }

    fn with(mut request: Request, timeout: Option<Duration>, once: bool) -> Request {
        request.options.timeout = timeout.or(request.options.timeout);
        request.options.once |= once;
        request
    }
}

#[diagnostic::do_not_recommend]
impl<Q: Query> Query for Limited<Q> {
    type Row = Q::Row;
    fn into_request(self) -> Request {
        let Limited { statement, timeout, once } = self;
        Self::with(statement.into_request(), timeout, once)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Command> Command for Limited<C> {
    fn into_request(self) -> Result<Request> {
        let Limited { statement, timeout, once } = self;
        Ok(Self::with(statement.into_request()?, timeout, once))
    }
}

macro_rules! limited {
    ($($type:ident$(<$param:ident $(: $bound:ident)?>)?),*) => {$(
        impl$(<$param $(: $bound)?>)? $type$(<$param>)? {
            /// The statement, and how long it may take: longer, and it is an error of the kind
            /// [`Timeout`](rebis_core::ErrorKind::Timeout). Comes last, where nothing else is to be said of the statement.
            ///
            /// See [`Limited`] for an example.
            pub fn timeout(self, most: Duration) -> Limited<Self> {
                Limited::new(self).timeout(most)
            }

            /// The statement, not to be kept prepared. Comes last.
            ///
            /// See [`Limited`] for an example.
            pub fn once(self) -> Limited<Self> {
                Limited::new(self).once()
            }
        }
    )*};
}

limited!(
    Select<R: Row>,
    Returning<R: Row>,
    RawQuery<R: Row>,
    PreparedQuery<R: Row>,
    RawSql,
    Insert<M>,
    Upsert<M>,
    Update<M>,
    Delete<M>
);
