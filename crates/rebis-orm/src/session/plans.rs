//! Plans of statements, as the session would send them.

use super::Session;
use super::fetch::planned;
use rebis_engine::Fut;
use rebis_sql::Plan;
use rebis_sql::build::Explained;
use std::panic::Location;

impl Session {
    /// How the database would go about a statement, which is not run. What the session adds to it (joins of eager loads,
    /// restrictions) is in it; pending changes are written first, as before a query.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let plan = db.explain(select(Post).filter(Post.author.eq(alice)).order_by(Post.title)).await?;
    /// assert_eq!(plan.full_scans().collect::<Vec<_>>(), ["posts"]); // no index of `author_id`
    /// assert_eq!(plan.to_string(), "SCAN on posts\nUSE TEMP B-TREE FOR ORDER BY");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::explain`] and [`all`](Session::all).
    #[track_caller]
    pub fn explain<Kind>(&mut self, statement: impl Explained<Kind>) -> Fut<'_, Plan> {
        let (site, request) = (Location::caller(), statement.into_explained());
        Fut::new(async move { planned(self, request.map_err(|e| e.with_site(site))?, false, site).await })
    }

    /// Runs a statement in the session's transaction, and tells how the database went about it. Its rows are not read; an
    /// UPDATE or DELETE has its effect.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::explain_analyze`] and [`all`](Session::all).
    #[track_caller]
    pub fn explain_analyze<Kind>(&mut self, statement: impl Explained<Kind>) -> Fut<'_, Plan> {
        let (site, request) = (Location::caller(), statement.into_explained());
        Fut::new(async move { planned(self, request.map_err(|e| e.with_site(site))?, true, site).await })
    }
}
