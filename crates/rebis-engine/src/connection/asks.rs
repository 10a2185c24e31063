//! Questions about a statement: how many rows, whether one, and how the database goes about it.

use super::typed::{number, truth};
use super::{Connection, Rows};
use crate::fut::{Fut, Site, Target};
use rebis_core::Result;
use rebis_driver::Step;
use rebis_sql::build::{Body, Explained, Query, Request};
use rebis_sql::{Plan, explain};
use std::panic::Location;

impl Connection {
    /// How many rows a query has, counted by the database: `SELECT count(*) …`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// assert_eq!(conn.count(select(User.name).filter(User.id.gt(1))).await?, 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) for what is no SELECT; as [`all`](Self::all).
    #[track_caller]
    pub fn count<Q: Query>(&mut self, query: Q) -> Fut<'_, u64> {
        let site = Location::caller();
        match query.into_request().counted() {
            Ok(request) => Fut::call(Target::Query(self, request), site, number),
            Err(error) => Fut::ready(Err(error.with_site(site))),
        }
    }

    /// Whether a query has a row: `SELECT EXISTS (…)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// assert!(conn.exists(select(User.name).filter(User.name.eq("bob"))).await?);
    /// assert!(!conn.exists(select(User.name).filter(User.id.gt(9))).await?);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`count`](Self::count).
    #[track_caller]
    pub fn exists<Q: Query>(&mut self, query: Q) -> Fut<'_, bool> {
        let site = Location::caller();
        match query.into_request().existence() {
            Ok(request) => Fut::call(Target::Query(self, request), site, truth),
            Err(error) => Fut::ready(Err(error.with_site(site))),
        }
    }

    /// How the database would go about a statement, which is not run: `EXPLAIN`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let by_key = conn.explain(select(User.name).filter(User.id.eq(1))).await?;
    /// assert_eq!(by_key.full_scans().count(), 0);
    /// assert_eq!(by_key.roots[0].index.as_deref(), Some("INTEGER PRIMARY KEY"));
    ///
    /// let by_name = conn.explain(User.delete().filter(User.name.eq("bob"))).await?;
    /// assert_eq!(by_name.full_scans().collect::<Vec<_>>(), ["users"]); // each row is looked at
    /// println!("{by_name}"); // as a tree; `by_name.text` is what the database said
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// | | sent before the statement | tells |
    /// |---|---|---|
    /// | SQLite | `EXPLAIN QUERY PLAN` | tables and indexes |
    /// | PostgreSQL | `EXPLAIN (FORMAT JSON)` | also costs and expected rows |
    /// | MySQL, MariaDB | `EXPLAIN FORMAT=JSON` | also costs (not MariaDB before 11) and expected rows |
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) for a statement that the database must be told in several; as
    /// [`all`](Self::all).
    #[track_caller]
    pub fn explain<Kind>(&mut self, statement: impl Explained<Kind>) -> Fut<'_, Plan> {
        self.ask(statement.into_explained(), false, Location::caller())
    }

    /// Runs a statement, and tells how the database went about it: how often each step ran, how many rows it gave, how
    /// long it took. Its rows are not read. An INSERT, UPDATE or DELETE has its effect: run it in a transaction and roll
    /// back, if it is to have none.
    ///
    /// PostgreSQL: `EXPLAIN (ANALYZE, FORMAT JSON)`, MariaDB: `ANALYZE FORMAT=JSON`, MySQL: `EXPLAIN ANALYZE`, which takes
    /// a SELECT, and UPDATE and DELETE of several tables.
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) on SQLite, which tells nothing of the kind; as
    /// [`explain`](Self::explain).
    #[track_caller]
    pub fn explain_analyze<Kind>(&mut self, statement: impl Explained<Kind>) -> Fut<'_, Plan> {
        self.ask(statement.into_explained(), true, Location::caller())
    }

    fn ask(&mut self, request: Result<Request>, run: bool, site: Site) -> Fut<'_, Plan> {
        Fut::new(async move {
            let plan = match request {
                Ok(request) => self.plan(request.body, run, site).await,
                Err(error) => Err(error),
            };
            plan.map_err(|error| error.with_site(site))
        })
    }

    async fn plan(&mut self, body: Body, run: bool, site: Site) -> Result<Plan> {
        let caps = self.capabilities();
        if let Body::Ast(query) = &body {
            explain::has_one(query, caps)?;
        }
        let (statement, mut binds) = self.prepare(body)?;
        let ask = caps.explain.statement(&statement, run, caps.name)?;
        let mut rows = Rows::default();
        self.run(&mut [Step::new(&ask, &mut binds, &mut rows)], site).await?;
        caps.explain.plan_of(&rows.0, run).map_err(|error| error.with_sql(ask.shared_sql()))
    }
}
