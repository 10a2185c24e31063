//! Where a database is and how each of its connections is set up.

use rebis_core::Result;
use rebis_driver::UrlParts;
use rebis_driver::options::{Secret, UrlOption, nobody, system_user};
use std::net::IpAddr;
use std::time::Duration;

/// Options of a MySQL or MariaDB database. Made by [`Options::new`] or from the parts of a URL.
///
/// | In a URL | Method | Default |
/// |---|---|---|
/// | `mysql://user:password@host:3306/database` | | user: the system's; host: `localhost`; no database |
/// | `mariadb://..` | [`flavour`](Options::flavour) | what both servers understand |
/// | `socket=/run/mysqld/mysqld.sock` | [`socket`](Options::socket) | TCP |
/// | `ssl-mode=disabled`, `required`, `verify_identity` | [`tls`](Options::tls) | `verify_identity`; `disabled` for this machine |
/// | `ssl-ca=ca.pem` | [`root_certificate`](Options::root_certificate) | the authorities of the web |
/// | `ssl-host=db.internal` | [`certificate_host`](Options::certificate_host) | the host |
/// | `connect_timeout=10s` | [`connect_timeout`](Options::connect_timeout) | 10 s |
/// | `lock_timeout=5s` | [`lock_timeout`](Options::lock_timeout) | the server's (50 s) |
/// | `statement_cache=128` | [`statement_cache`](Options::statement_cache) | 128 a connection |
///
/// The character set is always `utf8mb4`, the time zone of a connection UTC. `Debug` shows `***` in place of the
/// password.
///
/// ```
/// use rebis_mysql::{Flavour, Options};
/// let options = Options::new("db.example", "shop").user("alice").password("s3cret").flavour(Flavour::MariaDb);
/// assert!(!format!("{options:?}").contains("s3cret"));
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) flavour: Flavour,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) password: Option<Secret>,
    pub(crate) database: String,
    pub(crate) socket: Option<String>,
    pub(crate) tls: Option<TlsMode>,
    pub(crate) root_certificate: Option<String>,
    pub(crate) certificate_host: Option<String>,
    pub(crate) connect_timeout: Duration,
    pub(crate) lock_timeout: Option<Duration>,
    pub(crate) statement_cache: usize,
    pub(crate) background: bool,
}

/// Which of the two servers is meant, and with it which SQL is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// What MySQL 8 and MariaDB both understand: keys come from `LAST_INSERT_ID`, there is no `RETURNING`.
    MySql,
    /// MariaDB, with `RETURNING` of INSERT and DELETE. A MySQL server is refused when connecting.
    MariaDb,
}

/// How the way to the server is protected. There is no mode that falls back to an open connection in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all.
    Disabled,
    /// Encrypted; whoever answers is trusted.
    Required,
    /// Encrypted, with a certificate of a known authority for this host, or for the name that was given for it.
    VerifyIdentity,
}

const PORT: u16 = 3306;

impl Options {
    /// A database on a server. See the methods and the table for what can be said besides.
    pub fn new(host: &str, database: &str) -> Options {
        Options {
            flavour: Flavour::MySql,
            host: host.to_owned(),
            port: PORT,
            user: system_user(),
            password: None,
            database: database.to_owned(),
            socket: None,
            tls: None,
            root_certificate: None,
            certificate_host: None,
            connect_timeout: Duration::from_secs(10),
            lock_timeout: None,
            statement_cache: 128,
            background: false,
        }
    }

    /// From the parts of a URL.
    ///
    /// # Errors
    /// [`Configuration`](rebis_core::ErrorKind::Configuration) naming the option that is unknown or has a wrong value. A password
    /// is never quoted.
    pub fn from_url(url: UrlParts<'_>) -> Result<Options> {
        let UrlParts { scheme, user, password, host, port, database, query } = url;
        let mut options = Options::new(host.unwrap_or("localhost"), database);
        let flavours = [("mysql", Flavour::MySql), ("mariadb", Flavour::MariaDb)];
        options.flavour = option("scheme", scheme).one_of(&flavours)?;
        options.port = port.unwrap_or(PORT);
        if let Some(user) = user {
            options.user = user.to_owned();
        }
        options.password = password.map(|password| Secret(password.to_owned()));
        query.iter().try_for_each(|(name, value)| options.set(name, value))?;
        if options.user.is_empty() {
            return Err(nobody());
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let option = option(name, value);
        match name {
            "user" => self.user = value.to_owned(),
            "password" => return Err(option.misplaced_password()),
            "socket" => self.socket = Some(value.to_owned()),
            "ssl-mode" | "ssl_mode" | "sslmode" => self.tls = Some(TlsMode::parse(option)?),
            "ssl-ca" | "ssl_ca" | "sslrootcert" => self.root_certificate = Some(value.to_owned()),
            "ssl-host" | "ssl_host" => self.certificate_host = Some(value.to_owned()),
            "connect_timeout" => self.connect_timeout = option.duration(Duration::from_secs)?,
            "lock_timeout" => self.lock_timeout = Some(option.duration(Duration::from_secs)?),
            "charset" => option.one_of(&[("utf8mb4", ())])?,
            "statement_cache" => self.statement_cache = option.number()?,
            _ => return Err(option.unknown(OPTIONS)),
        }
        Ok(())
    }

    /// Which server is meant.
    #[must_use]
    pub fn flavour(mut self, flavour: Flavour) -> Options {
        self.flavour = flavour;
        self
    }

    /// The host.
    #[must_use]
    pub fn host(mut self, name: impl Into<String>) -> Options {
        self.host = name.into();
        self
    }

    /// The port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Options {
        self.port = port;
        self
    }

    /// The database.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>) -> Options {
        self.database = name.into();
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

    /// The Unix socket to connect by, in place of host and port.
    #[must_use]
    pub fn socket(mut self, path: impl Into<String>) -> Options {
        self.socket = Some(path.into());
        self
    }

    /// How the way to the server is protected.
    #[must_use]
    pub fn tls(mut self, mode: TlsMode) -> Options {
        self.tls = Some(mode);
        self
    }

    /// A file with the certificates of the authorities that are trusted, in place of those of the web.
    #[must_use]
    pub fn root_certificate(mut self, path: impl Into<String>) -> Options {
        self.root_certificate = Some(path.into());
        self
    }

    /// The name that the certificate must be for, where it is not the host's.
    #[must_use]
    pub fn certificate_host(mut self, name: impl Into<String>) -> Options {
        self.certificate_host = Some(name.into());
        self
    }

    /// How long connecting may take.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Options {
        self.connect_timeout = timeout;
        self
    }

    /// How long a statement waits for a lock of another connection; whole seconds.
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Options {
        self.lock_timeout = Some(timeout);
        self
    }

    /// How many prepared statements a connection keeps; 0: none.
    #[must_use]
    pub fn statement_cache(mut self, statements: usize) -> Options {
        self.statement_cache = statements;
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

    /// What stays on this machine needs no protection; everything else has it unless it was switched off by name.
    pub(crate) fn tls_mode(&self) -> TlsMode {
        match self.tls {
            _ if self.socket.is_some() => TlsMode::Disabled,
            Some(mode) => mode,
            None if self.is_local() => TlsMode::Disabled,
            None => TlsMode::VerifyIdentity,
        }
    }

    fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Where the server is, for messages.
    pub(crate) fn place(&self) -> String {
        match &self.socket {
            Some(path) => path.clone(),
            None if self.host.contains(':') => format!("[{}]:{}", self.host, self.port),
            None => format!("{}:{}", self.host, self.port),
        }
    }
}

impl TlsMode {
    fn parse(option: UrlOption<'_>) -> Result<TlsMode> {
        match option.value.to_ascii_lowercase().replace('-', "_").as_str() {
            "disabled" | "disable" => Ok(TlsMode::Disabled),
            "required" | "require" => Ok(TlsMode::Required),
            "verify_identity" | "verify_full" => Ok(TlsMode::VerifyIdentity),
            "verify_ca" => Err(option.wrong(&["verify_identity"]).with_help(
                "write `ssl-mode=verify_identity`, and `ssl-host` with the name in the certificate",
            )),
            // `preferred` would fall back to an open connection in silence.
            _ => Err(option.wrong(&["disabled", "required", "verify_identity"])),
        }
    }
}

const OPTIONS: &str =
    "user, socket, ssl-mode, ssl-ca, ssl-host, connect_timeout, lock_timeout, charset, statement_cache";

fn option<'o>(name: &'o str, value: &'o str) -> UrlOption<'o> {
    UrlOption { database: "MySQL", name, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebis_core::ErrorKind;

    fn read(host: &str, query: &[(&str, &str)]) -> Result<Options> {
        let query: Vec<_> = query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Options::from_url(UrlParts {
            scheme: "mysql",
            user: Some("alice"),
            password: Some("c4n4ry"),
            host: Some(host),
            port: None,
            database: "shop",
            query: &query,
        })
    }

    #[test]
    fn what_leaves_the_machine_is_protected() {
        for (host, mode) in [
            ("localhost", TlsMode::Disabled),
            ("127.0.0.1", TlsMode::Disabled),
            ("::1", TlsMode::Disabled),
            ("db.example", TlsMode::VerifyIdentity),
            ("10.0.0.1", TlsMode::VerifyIdentity),
        ] {
            assert_eq!(read(host, &[]).expect(host).tls_mode(), mode, "{host}");
        }
        let by_name = read("db.example", &[("ssl-mode", "DISABLED")]).expect("it was asked for");
        assert_eq!(by_name.tls_mode(), TlsMode::Disabled);
        let required = read("localhost", &[("ssl-mode", "required")]).expect("it was asked for");
        assert_eq!(required.tls_mode(), TlsMode::Required);
    }

    #[test]
    fn options_are_read_and_wrong_ones_are_named() {
        let options = read("::1", &[("connect_timeout", "500ms"), ("lock_timeout", "3"), ("socket", "/x")]);
        let options = options.expect("they are right");
        assert_eq!(options.connect_timeout, Duration::from_millis(500));
        assert_eq!((options.lock_timeout, options.place()), (Some(Duration::from_secs(3)), "/x".to_owned()));
        assert_eq!(read("::1", &[]).expect("right").place(), "[::1]:3306");
        for (name, value, part) in [
            ("ssl-mod", "required", "no option `ssl-mod`"),
            ("ssl-mode", "preferred", "`preferred` is no value of the MySQL option `ssl-mode`"),
            ("ssl-mode", "verify_ca", "`verify_ca`"),
            ("charset", "latin1", "`latin1`"),
            ("connect_timeout", "soon", "`connect_timeout`"),
            ("statement_cache", "-1", "`statement_cache`"),
        ] {
            let error = read("localhost", &[(name, value)]).expect_err(value);
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.message().contains(part) && error.help().is_some(), "{error}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        let options = read("localhost", &[]).expect("right");
        assert!(!format!("{options:?}").contains("c4n4ry"), "{options:?}");
        let error = read("localhost", &[("password", "c4n4ry-two")]).expect_err("it would be shown");
        assert!(!format!("{error:?}").contains("c4n4ry"), "{error:?}");
    }
}
