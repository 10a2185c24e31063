//! Opens connections.

use crate::actor::{self, Killer, Order};
use crate::connection::Remote;
use crate::error;
use crate::options::{Flavour, Options};
use crate::session::Session;
use crate::setup::{SetUp, Told, check_version};
use crate::wire::Wire;
use rebis_core::{BoxFuture, Error, ErrorKind, Result};
use rebis_driver::background;
use rebis_driver::relay::{Promised, promise};
use rebis_driver::{Connection, Driver, Isolation, IsolationLevel};
use rebis_sql::Capabilities;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// The driver for one MySQL or MariaDB database.
///
/// ```
/// use rebis_mysql::{MySql, Options};
/// let driver = MySql::new(Options::new("db.example", "shop").user("alice").password("s3cret"));
/// # let _ = driver;
/// ```
#[derive(Debug)]
pub struct MySql {
    options: Arc<Options>,
}

impl MySql {
    /// A driver with these options. Opens nothing yet.
    pub fn new(options: Options) -> MySql {
        MySql { options: Arc::new(options) }
    }
}

impl Driver for MySql {
    fn system(&self) -> &'static str {
        match self.options.flavour {
            Flavour::MySql => "mysql",
            Flavour::MariaDb => "mariadb",
        }
    }

    fn capabilities(&self) -> &'static Capabilities {
        match self.options.flavour {
            Flavour::MySql => rebis_sql::dialect::mysql(),
            Flavour::MariaDb => rebis_sql::dialect::mariadb(),
        }
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async move {
            let (opened, answer) = promise();
            let (orders, inbox) = unbounded_channel();
            background::runtime(self.options.background)?.spawn(live(self.options.clone(), opened, inbox));
            let opened = answer.await.unwrap_or_else(|| Err(error::lost()))?;
            Ok(Box::new(Remote::new(orders, opened)) as Box<dyn Connection>)
        })
    }

    /// The level is one of the next transaction alone, so there is nothing to take back behind it.
    fn isolation(&self, level: IsolationLevel) -> Result<Isolation> {
        let before: &'static [&'static str] = match level {
            IsolationLevel::ReadUncommitted => &["SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"],
            IsolationLevel::ReadCommitted => &["SET TRANSACTION ISOLATION LEVEL READ COMMITTED"],
            IsolationLevel::RepeatableRead => &["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"],
            IsolationLevel::Serializable => &["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"],
            other => {
                return Err(Error::unsupported(
                    format!("MySQL has no isolation level {other}"),
                    "ask for REPEATABLE READ, the default, or for SERIALIZABLE",
                ));
            }
        };
        Ok(Isolation { before, inside: &[], after: &[] })
    }
}

/// What the one who opens a connection is told: the mark that it was altered, and how far keys of one INSERT lie
/// apart.
pub(crate) type Opened = (Arc<AtomicBool>, i64);

/// The life of a connection: opens it, says so, and takes orders.
async fn live(options: Arc<Options>, opened: Promised<Result<Opened>>, inbox: UnboundedReceiver<Order>) {
    match timeout(options.connect_timeout, open(&options)).await {
        Ok(Ok((session, key_step, id))) => {
            opened.keep(Ok((session.altered(), key_step)));
            actor::serve(session, Killer { options, id }, inbox).await;
        }
        Ok(Err(error)) => opened.keep(Err(error)),
        Err(elapsed) => {
            let text = format!("the server at {} does not answer in time", options.place());
            opened.keep(Err(Error::new(ErrorKind::CannotConnect, text)
                .with_help("check host, port and firewall, or raise `connect_timeout`")
                .with_source(elapsed)));
        }
    }
}

/// Connects and sets the connection up, in one round trip after the login.
async fn open(options: &Options) -> Result<(Session, i64, u32)> {
    let place = options.place();
    if let Some(path) = &options.root_certificate
        && let Err(error) = std::fs::metadata(path)
    {
        let text = format!("the file `{path}` with the certificates that are trusted cannot be read");
        return Err(Error::new(ErrorKind::Configuration, text)
            .with_help("check the path in `ssl-ca`")
            .with_source(error));
    }
    let failed = |native| error::cannot_connect(native, &place);
    let mut wire = Wire::open(options).await.map_err(failed)?;
    let set_up = SetUp::new(options);
    let told = set_up.run(&mut wire).await.map_err(failed)?;
    let Some(Told { version, max_packet, key_step, keys_follow, .. }) = told else {
        return Err(Error::new(
            ErrorKind::CannotConnect,
            format!("the server at {place} does not tell its version"),
        )
        .with_help("MySQL 8 and MariaDB 10.6, or later, are understood"));
    };
    check_version(&version, options.flavour)?;
    let id = wire.id;
    let session = Session::new(wire, options.statement_cache, (max_packet, key_step), set_up);
    Ok((session, if keys_follow { key_step as i64 } else { 0 }, id))
}
