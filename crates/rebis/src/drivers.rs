//! Which driver a URL means: the one place where databases are known by name.

use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::Driver;
use rebis_engine::{Engine, EngineOptions, Url};
use std::sync::Arc;

/// An engine from a URL: `Engine::new("sqlite:///blog.db")`. In the prelude.
///
/// The scheme names the driver, which must have been built in (a feature of this crate, each named like the
/// database). A driver of another crate is given to [`Engine::new_with`].
///
/// ```
/// use rebis::prelude::*;
///
/// let engine = rebis::Engine::new("sqlite:///blog.db")?; // nothing is opened yet
/// assert_eq!(engine.url().database(), "blog.db");
/// let options = rebis::EngineOptions::new().pool_size(2);
/// let blocking = rebis::blocking::Engine::with_options("sqlite::memory:", options)?;
/// let error = rebis::Engine::new("oracle://localhost/x").expect_err("no driver knows it");
/// assert_eq!(error.kind(), rebis::ErrorKind::Configuration);
/// # Ok::<(), rebis::Error>(())
/// ```
pub trait FromUrl: Sized {
    /// An engine with the default options. Opens nothing yet.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) if the URL is wrong, its scheme is unknown, or its driver is not
    /// built in.
    fn new(url: &str) -> Result<Self> {
        Self::with_options(url, EngineOptions::new())
    }

    /// An engine with options.
    ///
    /// # Errors
    /// As [`new`](FromUrl::new).
    fn with_options(url: &str, options: EngineOptions) -> Result<Self>;
}

impl FromUrl for Engine {
    fn with_options(url: &str, options: EngineOptions) -> Result<Self> {
        let url = Url::parse(url)?;
        let driver = driver(&url, Caller::Async, options.connections())?;
        Ok(Engine::new_with(driver, url, options))
    }
}

#[cfg(feature = "blocking")]
impl FromUrl for rebis_blocking::Engine {
    fn with_options(url: &str, options: EngineOptions) -> Result<Self> {
        let url = Url::parse(url)?;
        let driver = driver(&url, Caller::Blocking, options.connections())?;
        Ok(Engine::new_with(driver, url, options).into())
    }
}

/// Who will wait for the database: a future must not hold its executor, a thread may wait.
#[derive(Clone, Copy)]
enum Caller {
    Async,
    #[cfg(feature = "blocking")]
    Blocking,
}

impl Caller {
    /// Whether the calling thread waits, so that no task can run on it meanwhile.
    #[allow(dead_code, reason = "not where no driver needs tasks")]
    fn waits(self) -> bool {
        match self {
            Caller::Async => false,
            #[cfg(feature = "blocking")]
            Caller::Blocking => true,
        }
    }
}

/// `connections`: how many there may be at a time.
fn driver(url: &Url, caller: Caller, connections: usize) -> Result<Arc<dyn Driver>> {
    match url.scheme() {
        "sqlite" => sqlite(url, caller, connections),
        "postgres" | "postgresql" => postgres(url, caller),
        "mysql" | "mariadb" => mysql(url, caller),
        other => {
            let text = format!("no driver knows the scheme `{other}` of the database URL");
            Err(Error::new(ErrorKind::Configuration, text)
                .with_help("`sqlite:///app.db` is a file, `sqlite::memory:` is memory; a driver of another crate goes into `Engine::new_with`"))
        }
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(url: &Url, caller: Caller, connections: usize) -> Result<Arc<dyn Driver>> {
    use rebis_sqlite::{Options, Placement, Sqlite};
    let placement = match caller {
        Caller::Async => Placement::Worker,
        #[cfg(feature = "blocking")]
        Caller::Blocking => Placement::Inline,
    };
    let options = Options::from_url(url.database(), url.query())?.default_placement(placement);
    Ok(Arc::new(Sqlite::new(options.one_connection(connections == 1))))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &Url, _: Caller, _: usize) -> Result<Arc<dyn Driver>> {
    Err(not_built_in("SQLite", "sqlite"))
}

#[cfg(feature = "postgres")]
fn postgres(url: &Url, caller: Caller) -> Result<Arc<dyn Driver>> {
    use rebis_postgres::{Options, Postgres};
    let options = Options::from_url(url.parts())?;
    Ok(Arc::new(Postgres::new(options.background(caller.waits()))))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &Url, _: Caller) -> Result<Arc<dyn Driver>> {
    Err(not_built_in("PostgreSQL", "postgres"))
}

/// The scheme says which of the two it is: what they can do is known before the first connection.
#[cfg(feature = "mysql")]
fn mysql(url: &Url, caller: Caller) -> Result<Arc<dyn Driver>> {
    use rebis_mysql::{MySql, Options};
    let options = Options::from_url(url.parts())?;
    Ok(Arc::new(MySql::new(options.background(caller.waits()))))
}

#[cfg(not(feature = "mysql"))]
fn mysql(_: &Url, _: Caller) -> Result<Arc<dyn Driver>> {
    Err(not_built_in("MySQL and MariaDB", "mysql"))
}

#[allow(dead_code, reason = "not where all drivers are built in")]
fn not_built_in(database: &str, feature: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("the driver for {database} is not built in"))
        .with_help(format!("add the feature `{feature}` to the dependency on `rebis`"))
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn schemes() {
        assert!(<Engine as FromUrl>::new("sqlite:///blog.db").is_ok());
        for (url, expect) in [
            #[cfg(not(feature = "postgres"))]
            ("postgres://localhost/x", "the driver for PostgreSQL is not built in"),
            #[cfg(not(feature = "mysql"))]
            ("mysql://localhost/x", "the driver for MySQL and MariaDB is not built in"),
            ("oracle://localhost/x", "no driver knows the scheme `oracle`"),
            ("sqlite:///blog.db?colour=red", "no option `colour`"),
        ] {
            let error = <Engine as FromUrl>::new(url).map(|_| ()).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains(expect), "{url}: {error}");
        }
    }
}
