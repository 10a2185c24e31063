//! Opens connections.

use crate::error;
use crate::options::{Host, Options};
use crate::session::Session;
use crate::tied::Tied;
use crate::wire::startup::Talk;
use crate::wire::{Cancel, Wire, socket};
use rebis_core::{BoxFuture, Error, ErrorKind, Result};
use rebis_driver::background;
use rebis_driver::{Connection, Driver, Isolation, IsolationLevel, UrlParts};
use rebis_sql::Capabilities;
use std::any::Any;
use std::io;
use std::sync::Arc;
use tokio::runtime::Handle;

/// The PostgreSQL driver for one database.
///
/// Each connection has a task on the tokio runtime in which it was opened; outside of one, on a thread of the
/// driver's own. Its futures can be polled by any executor.
///
/// ```
/// use rebis_postgres::{Options, Postgres};
/// let driver = Postgres::new(Options::new("localhost", "shop").user("alice"));
/// # let _ = driver;
/// ```
#[derive(Clone, Debug)]
pub struct Postgres {
    options: Arc<Options>,
}

/// The oldest version that is spoken to.
const OLDEST: u32 = 12;

impl Postgres {
    /// A driver with these options. Opens nothing yet.
    pub fn new(options: Options) -> Postgres {
        Postgres { options: Arc::new(options) }
    }

    /// A driver for the parts of a URL. Opens nothing yet.
    ///
    /// # Errors
    /// As [`Options::from_url`].
    pub fn from_url(url: UrlParts<'_>) -> Result<Postgres> {
        Options::from_url(url).map(Postgres::new)
    }

    /// Opens a connection as what it is, with the methods that only PostgreSQL has.
    ///
    /// # Errors
    /// [`CannotConnect`](ErrorKind::CannotConnect) if no host answers as it should.
    pub async fn open(&self) -> Result<Session> {
        let runtime = background::runtime(self.options.background)?;
        let (options, on) = (self.options.clone(), runtime.clone());
        let task = Tied::spawn(&runtime, async move { any_host(&options, &on).await });
        task.await.unwrap_or_else(|| Err(no_runtime()))
    }
}

#[cold]
fn no_runtime() -> Error {
    Error::new(ErrorKind::CannotConnect, "the runtime ended before the connection was open")
        .with_help("build the tokio runtime with `enable_all`, and connect while it runs")
}

/// The first host that will do; the error of the last.
async fn any_host(options: &Arc<Options>, runtime: &Handle) -> Result<Session> {
    let mut failed = None;
    for host in &options.hosts {
        let opened =
            match tokio::time::timeout(options.connect_timeout, one_host(options, host, runtime)).await {
                Ok(opened) => opened,
                Err(_) => Err(error::cannot_connect(&host.to_string(), io::ErrorKind::TimedOut.into())),
            };
        match opened {
            Ok(session) => return Ok(session),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| Error::new(ErrorKind::Configuration, "the options name no host")))
}

async fn one_host(options: &Arc<Options>, host: &Host, runtime: &Handle) -> Result<Session> {
    let socket = socket::open(options, host).await?;
    let mut talk = Talk::new(socket, options, host);
    talk.start().await?;
    if let Some((question, answer, otherwise)) = options.target.question()
        && talk.ask(question).await? != answer
    {
        let text = format!("the server at `{host}` {otherwise}");
        return Err(Error::new(ErrorKind::CannotConnect, text)
            .with_help("`target_session_attrs` asks for another; name more hosts"));
    }
    let started = talk.into_started();
    check_version(&started.version, host)?;
    let cancel = Cancel {
        options: options.clone(),
        host: host.clone(),
        process: started.process,
        secret: started.secret,
    };
    Ok(Session::new(Wire::start(started, cancel, runtime), options))
}

fn check_version(version: &str, host: &Host) -> Result<()> {
    let digits = version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    match digits.parse::<u32>() {
        Ok(major) if major < OLDEST => Err(Error::new(
            ErrorKind::CannotConnect,
            format!("the server at `{host}` is PostgreSQL {version}, which is too old"),
        )
        .with_help(format!("PostgreSQL {OLDEST} or later is needed"))),
        // What speaks the protocol under a version of its own is believed.
        _ => Ok(()),
    }
}

impl Driver for Postgres {
    fn system(&self) -> &'static str {
        "postgresql"
    }

    fn capabilities(&self) -> &'static Capabilities {
        rebis_sql::dialect::postgres()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async move { Ok(Box::new(self.open().await?) as Box<dyn Connection>) })
    }

    fn isolation(&self, level: IsolationLevel) -> Result<Isolation> {
        let inside: &[&str] = match level {
            // PostgreSQL takes the name and gives the next stronger level.
            IsolationLevel::ReadUncommitted => &["SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"],
            IsolationLevel::ReadCommitted => &["SET TRANSACTION ISOLATION LEVEL READ COMMITTED"],
            IsolationLevel::RepeatableRead => &["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"],
            IsolationLevel::Serializable => &["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"],
            other => {
                return Err(Error::unsupported(
                    format!("PostgreSQL has no isolation level {other}"),
                    "ask for READ COMMITTED, REPEATABLE READ or SERIALIZABLE",
                ));
            }
        };
        Ok(Isolation { before: &[], inside, after: &[] })
    }

    fn own(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_servers_are_refused() {
        let host = Options::new("a", "b").hosts.remove(0);
        for (version, right) in [
            ("15.20 (Debian 15.20-0+deb12u1)", true),
            ("12", true),
            ("11.5", false),
            ("9.6.1", false),
            ("CRDB", true),
        ] {
            assert_eq!(check_version(version, &host).is_ok(), right, "{version}");
        }
    }
}
