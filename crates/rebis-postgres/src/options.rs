//! Where a database is and how each of its connections is set up.

mod words;

pub use words::{Prepare, TargetSession, TlsMode};

use rebis_core::Result;
use rebis_driver::UrlParts;
use rebis_driver::options::{Secret, UrlOption, nobody, system_user};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// Options of a PostgreSQL database. Made by [`Options::new`] or from the parts of a URL.
///
/// | In a URL | Method | Default |
/// |---|---|---|
/// | `postgres://user:password@host:5432/database` | | user: the system's; host: `localhost`; database: as the user |
/// | `postgres://a:5432,b:5433/database` | [`host`](Options::host) | several hosts are tried in order |
/// | `host=/var/run/postgresql` | [`host`](Options::host) | a path is the folder of a Unix socket |
/// | `sslmode=disable`, `require`, `verify-ca`, `verify-full` | [`tls`](Options::tls) | `verify-full`; `disable` for this machine |
/// | `sslrootcert=ca.pem` | [`root_certificate`](Options::root_certificate) | the authorities of the web |
/// | `target_session_attrs=read-write`, … | [`target_session`](Options::target_session) | `any` |
/// | `application_name=shop` | [`application_name`](Options::application_name) | none |
/// | `connect_timeout=10s` | [`connect_timeout`](Options::connect_timeout) | 10 s, for each host |
/// | `tcp_timeout=60s` | [`tcp_timeout`](Options::tcp_timeout) | 60 s; 0: the system's times |
/// | `statement_timeout=30s` | [`statement_timeout`](Options::statement_timeout) | the server's |
/// | `lock_timeout=5s` | [`lock_timeout`](Options::lock_timeout) | the server's |
/// | `search_path=shop,public` | [`search_path`](Options::search_path) | the server's |
/// | `options=-c work_mem=64MB` | [`options`](Options::options) | none |
/// | `prepare=named`, `unnamed`, `none` | [`prepare`](Options::prepare) | `named` |
/// | `commit_outcome=on`, `off` | [`commit_outcome`](Options::commit_outcome) | off |
/// | `statement_cache=256` | [`statement_cache`](Options::statement_cache) | 256 a connection |
///
/// `Debug` shows `***` in place of the password.
///
/// ```
/// use rebis_postgres::{Options, Prepare};
/// let options = Options::new("db.example", "shop").user("alice").password("s3cret").prepare(Prepare::Unnamed);
/// assert!(!format!("{options:?}").contains("s3cret"));
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) hosts: Vec<Host>,
    pub(crate) user: String,
    pub(crate) password: Option<Secret>,
    pub(crate) database: String,
    pub(crate) tls: Option<TlsMode>,
    pub(crate) root_certificate: Option<String>,
    pub(crate) target: TargetSession,
    pub(crate) application_name: Option<String>,
    pub(crate) connect_timeout: Duration,
    pub(crate) silence: Duration,
    pub(crate) settings: Vec<(&'static str, String)>,
    pub(crate) options: Option<String>,
    pub(crate) prepare: Prepare,
    pub(crate) commit_outcome: bool,
    pub(crate) statement_cache: usize,
    pub(crate) background: bool,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Tcp(String, u16),
    /// The folder of the socket, and the port that is part of its name.
    Unix(String, u16),
}

const PORT: u16 = 5432;

const OPTIONS: &str = "host, user, dbname, sslmode, sslrootcert, target_session_attrs, application_name, connect_timeout, \
                       tcp_timeout, statement_timeout, lock_timeout, search_path, options, prepare, statement_cache, \
                       commit_outcome; settings of the server go into `options=-c name=value`";

fn option<'o>(name: &'o str, value: &'o str) -> UrlOption<'o> {
    UrlOption { database: "PostgreSQL", name, value }
}

impl Host {
    fn new(name: &str, port: u16) -> Host {
        if name.starts_with('/') { Host::Unix(name.into(), port) } else { Host::Tcp(name.into(), port) }
    }

    /// `name`, `name:port`, `[::1]:port` or the folder of a socket.
    fn parse(text: &str, port: u16) -> Result<Host> {
        let allowed = ["a name", "an address", "name:port", "the folder of a Unix socket"];
        let bad = || option("host", text).wrong(&allowed);
        if let Some(rest) = text.strip_prefix('[') {
            let (name, port_text) = rest.split_once(']').ok_or_else(bad)?;
            let port = match port_text.strip_prefix(':') {
                Some(digits) => digits.parse().map_err(|_| bad())?,
                None => port,
            };
            return Ok(Host::new(name, port));
        }
        match text.rsplit_once(':') {
            Some((name, digits)) if !name.contains(':') => {
                Ok(Host::new(name, digits.parse().map_err(|_| bad())?))
            }
            _ if text.is_empty() => Ok(Host::new("localhost", port)),
            _ => Ok(Host::new(text, port)),
        }
    }

    pub(crate) fn socket_path(&self) -> Option<String> {
        match self {
            Host::Unix(folder, port) => Some(format!("{folder}/.s.PGSQL.{port}")),
            Host::Tcp(..) => None,
        }
    }

    /// Whether what is sent stays on this machine.
    fn is_local(&self) -> bool {
        match self {
            Host::Unix(..) => true,
            Host::Tcp(name, _) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Tcp(name, port) if name.contains(':') => write!(f, "[{name}]:{port}"),
            Host::Tcp(name, port) => write!(f, "{name}:{port}"),
            Host::Unix(..) => f.write_str(&self.socket_path().unwrap_or_default()),
        }
    }
}

impl Options {
    /// A database on a server. See the methods and the table for what can be said besides.
    pub fn new(host: &str, database: &str) -> Options {
        Options {
            hosts: vec![Host::new(host, PORT)],
            user: system_user(),
            password: None,
            database: database.to_owned(),
            tls: None,
            root_certificate: None,
            target: TargetSession::Any,
            application_name: None,
            connect_timeout: Duration::from_secs(10),
            silence: Duration::from_secs(60),
            settings: Vec::new(),
            options: None,
            prepare: Prepare::Named,
            commit_outcome: false,
            statement_cache: 256,
            background: false,
        }
    }

    /// From the parts of a URL.
    ///
    /// # Errors
    /// [`Configuration`](rebis_core::ErrorKind::Configuration) naming the option that is unknown or has a wrong value. A password
    /// is never quoted.
    pub fn from_url(url: UrlParts<'_>) -> Result<Options> {
        let UrlParts { scheme: _, user, password, host, port, database, query } = url;
        let mut options = Options::new("localhost", database);
        options.set_hosts(host.unwrap_or("localhost"), port.unwrap_or(PORT))?;
        if let Some(user) = user {
            options.user = user.to_owned();
        }
        options.password = password.map(|password| Secret(password.to_owned()));
        for (name, value) in query {
            options.set(name, value)?;
        }
        // The host of the query stands in place of the one before; its port is what the URL says.
        if let Some((_, hosts)) = query.iter().rev().find(|(name, _)| name == "host") {
            options.set_hosts(hosts, port.unwrap_or(PORT))?;
        }
        if options.user.is_empty() {
            return Err(nobody());
        }
        Ok(options)
    }

    fn set_hosts(&mut self, hosts: &str, port: u16) -> Result<()> {
        self.hosts = hosts.split(',').map(|host| Host::parse(host, port)).collect::<Result<_>>()?;
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let option = option(name, value);
        let millis = || option.duration(Duration::from_millis).map(|time| time.as_millis().to_string());
        match name {
            "host" => {}
            "user" => self.user = value.to_owned(),
            "password" => return Err(option.misplaced_password()),
            "dbname" => self.database = value.to_owned(),
            "sslmode" => self.tls = Some(TlsMode::parse(option)?),
            "sslrootcert" => self.root_certificate = Some(value.to_owned()),
            "target_session_attrs" => self.target = option.one_of(TargetSession::WORDS)?,
            "application_name" => self.application_name = Some(value.to_owned()),
            "connect_timeout" => self.connect_timeout = option.duration(Duration::from_secs)?,
            "tcp_timeout" => self.silence = option.duration(Duration::from_secs)?,
            "statement_timeout" => self.put("statement_timeout", millis()?),
            "lock_timeout" => self.put("lock_timeout", millis()?),
            "search_path" => self.put("search_path", value.to_owned()),
            "options" => self.options = Some(value.to_owned()),
            "prepare" => self.prepare = option.one_of(Prepare::WORDS)?,
            "commit_outcome" => self.commit_outcome = option.switch()?,
            "statement_cache" => self.statement_cache = option.number()?,
            _ => return Err(option.unknown(OPTIONS)),
        }
        Ok(())
    }

    fn put(&mut self, name: &'static str, value: String) {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value));
    }

    /// Adds a host with its port, tried after those before it. A path is the folder of a Unix socket.
    #[must_use]
    pub fn host(mut self, name: &str, port: u16) -> Options {
        self.hosts.push(Host::new(name, port));
        self
    }

    /// The port of the last host.
    #[must_use]
    pub fn port(mut self, port: u16) -> Options {
        if let Some(Host::Tcp(_, of) | Host::Unix(_, of)) = self.hosts.last_mut() {
            *of = port;
        }
        self
    }

    /// The user.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Options {
        self.user = user.into();
        self
    }

    /// The password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Options {
        self.password = Some(Secret(password.into()));
        self
    }

    /// How the way to the server is protected, whichever host it is.
    #[must_use]
    pub fn tls(mut self, mode: TlsMode) -> Options {
        self.tls = Some(mode);
        self
    }

    /// A file of certificates in PEM form: the authorities to trust, in place of those of the web.
    #[must_use]
    pub fn root_certificate(mut self, path: impl Into<String>) -> Options {
        self.root_certificate = Some(path.into());
        self
    }

    /// Which of several servers will do.
    #[must_use]
    pub fn target_session(mut self, target: TargetSession) -> Options {
        self.target = target;
        self
    }

    /// What the server shows as the name of the program.
    #[must_use]
    pub fn application_name(mut self, name: impl Into<String>) -> Options {
        self.application_name = Some(name.into());
        self
    }

    /// How long opening a connection may take, for each host.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Options {
        self.connect_timeout = timeout;
        self
    }

    /// After how long a host that has gone without a word (a cable, a firewall, a power cut) is given up. A server that
    /// works on a long statement is not meant: its system answers for it.
    #[must_use]
    pub fn tcp_timeout(mut self, timeout: Duration) -> Options {
        self.silence = timeout;
        self
    }

    /// How long a statement may run; the server interrupts it then.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Options {
        self.put("statement_timeout", millis(timeout));
        self
    }

    /// How long a statement may wait for a lock.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Options {
        self.put("lock_timeout", millis(timeout));
        self
    }

    /// The schemas in which names without one are looked for.
    #[must_use]
    pub fn search_path(mut self, path: impl Into<String>) -> Options {
        self.put("search_path", path.into());
        self
    }

    /// Options for the server's command line, such as `-c work_mem=64MB`.
    #[must_use]
    pub fn options(mut self, options: impl Into<String>) -> Options {
        self.options = Some(options.into());
        self
    }

    /// Whether statements are kept prepared.
    #[must_use]
    pub fn prepare(mut self, prepare: Prepare) -> Options {
        self.prepare = prepare;
        self
    }

    /// Whether a COMMIT whose answer is lost can be looked up later, by [`EngineExt::outcome`](crate::EngineExt::outcome).
    /// The number of the transaction is asked for before each COMMIT, which costs two round trips.
    #[must_use]
    pub fn commit_outcome(mut self, on: bool) -> Options {
        self.commit_outcome = on;
        self
    }

    /// Connections live on a thread of this crate's own, whatever runtime there is. For callers that park their thread:
    /// on a runtime of one thread nobody else would serve the connection they wait for. Default: the runtime that is
    /// there, and the thread where there is none.
    #[must_use]
    pub fn background(mut self, on: bool) -> Options {
        self.background = on;
        self
    }

    /// How many prepared statements a connection keeps; 0: none.
    #[must_use]
    pub fn statement_cache(mut self, statements: usize) -> Options {
        self.statement_cache = statements;
        self
    }

    /// How the way to a host is protected. What stays on this machine needs no protection; everything else has it
    /// unless it was switched off by name.
    pub(crate) fn tls_for(&self, host: &Host) -> TlsMode {
        match (self.tls, host) {
            (_, Host::Unix(..)) => TlsMode::Disable,
            (Some(mode), _) => mode,
            (None, host) if host.is_local() => TlsMode::Disable,
            (None, _) => TlsMode::VerifyFull,
        }
    }

    /// How many statements a connection keeps prepared.
    pub(crate) fn kept(&self) -> usize {
        if self.prepare == Prepare::Named { self.statement_cache } else { 0 }
    }

    /// What the first message says.
    pub(crate) fn startup(&self) -> Vec<(&'static str, String)> {
        let database = if self.database.is_empty() { &self.user } else { &self.database };
        let mut all = vec![
            ("user", self.user.clone()),
            ("database", database.clone()),
            ("client_encoding", "UTF8".to_owned()),
            // Dates are read in this form alone.
            ("DateStyle", "ISO, MDY".to_owned()),
        ];
        all.extend(self.application_name.iter().map(|name| ("application_name", name.clone())));
        let settings = self.settings.iter().map(|(name, value)| format!("-c {name}={}", escaped(value)));
        let options: Vec<String> = self.options.iter().cloned().chain(settings).collect();
        if !options.is_empty() {
            all.push(("options", options.join(" ")));
        }
        all
    }
}

/// A blank ends an option of the command line.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace(' ', "\\ ")
}

fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}

#[cfg(test)]
mod tests;
