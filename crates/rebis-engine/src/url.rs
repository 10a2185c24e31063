//! Database URLs.

use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::UrlParts;
use std::fmt;
use std::str::FromStr;

/// The address of a database. `Display` and `Debug` show `***` in place of a password.
///
/// | URL | Database |
/// |---|---|
/// | `sqlite://`, `sqlite:///:memory:`, `sqlite::memory:` | in memory |
/// | `sqlite:///blog.db`, `sqlite://blog.db`, `sqlite:blog.db` | `blog.db`, relative |
/// | `sqlite:////var/blog.db`, `sqlite:/var/blog.db` | `/var/blog.db` |
/// | `file:blog.db?mode=ro` | what SQLite makes of this URI |
/// | `postgres://user:pw@host:5432/db?sslmode=require` | `db` on a server |
///
/// Parts may be percent-encoded; a password with `@`, `:` or `/` must be.
///
/// ```
/// use rebis_engine::Url;
/// let url: Url = "postgres://alice:s%2Fcret@db.example:5433/shop?sslmode=require".parse()?;
/// assert_eq!(url.host(), Some("db.example"));
/// assert_eq!(url.password(), Some("s/cret"));
/// assert_eq!(url.database(), "shop");
/// assert_eq!(url.to_string(), "postgres://alice:***@db.example:5433/shop?sslmode=require");
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    scheme: String,
    username: Option<String>,
    password: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    database: String,
    query: Vec<(String, String)>,
}

impl Url {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) naming what is wrong. A URL is never quoted in it: it may hold a
    /// password.
    pub fn parse(text: &str) -> Result<Url> {
        let (scheme, rest) = text.split_once(':').ok_or_else(no_scheme)?;
        let known = scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if scheme.len() < 2 || !known || !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Err(no_scheme());
        }
        match scheme.to_ascii_lowercase().as_str() {
            // SQLite reads these by itself, query and all.
            "file" => Ok(Url::of_file("sqlite", text.to_owned(), Vec::new())),
            "sqlite" if rest.starts_with("file:") => Ok(Url::of_file("sqlite", rest.to_owned(), Vec::new())),
            "sqlite" => Url::parse_file("sqlite", rest),
            scheme => Url::parse_network(scheme, rest),
        }
    }

    fn of_file(scheme: &str, database: String, query: Vec<(String, String)>) -> Url {
        Url {
            scheme: scheme.to_owned(),
            username: None,
            password: None,
            host: None,
            port: None,
            database,
            query,
        }
    }

    fn parse_file(scheme: &str, rest: &str) -> Result<Url> {
        let (path, query) = split_query(rest)?;
        // Three slashes are an empty host and a relative path; two are what other crates write for one.
        let path = match path.strip_prefix("//") {
            Some(path) => path.strip_prefix('/').unwrap_or(path),
            None => path,
        };
        Ok(Url::of_file(scheme, decode(path, "the path")?, query))
    }

    fn parse_network(scheme: &str, rest: &str) -> Result<Url> {
        let Some(rest) = rest.strip_prefix("//") else {
            return Err(wrong(format!("`//` is missing after `{scheme}:`")));
        };
        let (rest, query) = split_query(rest)?;
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, address) = match authority.rsplit_once('@') {
            Some((login, address)) => (Some(login), address),
            None => (None, authority),
        };
        let (username, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((name, password)) => (some(name, "the user name")?, some(password, "the password")?),
            None => (None, None),
        };
        let (host, port) = split_port(address)?;
        Ok(Url {
            scheme: scheme.to_owned(),
            username,
            password,
            host: some(host, "the host")?,
            port,
            database: decode(database, "the name of the database")?,
            query,
        })
    }

    /// What stands before the first colon, in lower case: `sqlite`, `postgres`, `mysql`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The user.
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// The password. Do not print it.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The host.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The port.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The name of the database; for SQLite the path, empty or `:memory:` for one in memory.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The options, in order.
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// All of it, for a driver.
    ///
    /// ```
    /// use rebis_engine::Url;
    /// let url: Url = "postgres://alice@db.example/shop".parse()?;
    /// let parts = url.parts();
    /// assert_eq!((parts.scheme, parts.user, parts.database), ("postgres", Some("alice"), "shop"));
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    pub fn parts(&self) -> UrlParts<'_> {
        UrlParts {
            scheme: self.scheme(),
            user: self.username(),
            password: self.password(),
            host: self.host(),
            port: self.port(),
            database: self.database(),
            query: self.query(),
        }
    }

    /// The last option of this name.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let url = Url::parse("sqlite:///blog.db?placement=inline&cache=off&cache=on")?;
    /// assert_eq!((url.get("placement"), url.get("cache"), url.get("mode")), (Some("inline"), Some("on"), None));
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, option: &str) -> Option<&str> {
        self.query.iter().rev().find(|(name, _)| name == option).map(|(_, value)| value.as_str())
    }

    /// With another database of the same server, or another file.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let server = Url::parse("postgres://localhost/postgres")?;
    /// assert_eq!(server.with_database("test_7").to_string(), "postgres://localhost/test_7");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_database(mut self, database: impl Into<String>) -> Url {
        self.database = database.into();
        self
    }
}

impl FromStr for Url {
    type Err = Error;
    fn from_str(text: &str) -> Result<Url> {
        Url::parse(text)
    }
}

impl TryFrom<&str> for Url {
    type Error = Error;
    fn try_from(text: &str) -> Result<Url> {
        Url::parse(text)
    }
}

impl TryFrom<String> for Url {
    type Error = Error;
    fn try_from(text: String) -> Result<Url> {
        Url::parse(&text)
    }
}

impl TryFrom<&String> for Url {
    type Error = Error;
    fn try_from(text: &String) -> Result<Url> {
        Url::parse(text)
    }
}

fn split_query(text: &str) -> Result<(&str, Vec<(String, String)>)> {
    let Some((path, query)) = text.split_once('?') else { return Ok((text, Vec::new())) };
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(wrong("an option after `?` has no value".into()).with_help("write `?name=value`"));
        };
        Ok((decode(name, "the name of an option")?, decode(value, "the value of an option")?))
    });
    Ok((path, pairs.collect::<Result<_>>()?))
}

fn split_port(address: &str) -> Result<(&str, Option<u16>)> {
    let (host, port) = match address.strip_prefix('[') {
        // An IPv6 address has colons of its own.
        Some(rest) => {
            let Some((host, port)) = rest.split_once(']') else {
                return Err(wrong("`]` is missing after the address of the host".into()));
            };
            (host, port.strip_prefix(':'))
        }
        None => match address.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    match port {
        None | Some("") => Ok((host, None)),
        Some(port) => match port.parse() {
            Ok(port) => Ok((host, Some(port))),
            Err(_) => Err(wrong("the port is no number from 0 to 65535".into())
                .with_help("a password with `@`, `:` or `/` must be percent-encoded")),
        },
    }
}

fn some(text: &str, what: &str) -> Result<Option<String>> {
    if text.is_empty() { Ok(None) } else { decode(text, what).map(Some) }
}

fn decode(text: &str, what: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let pair = tail.get(..2).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let value =
            pair.and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|p| u8::from_str_radix(p, 16).ok());
        let Some(value) = value else {
            return Err(wrong(format!("a `%` in {what} is not followed by two hexadecimal digits"))
                .with_help("write a percent sign as `%25`"));
        };
        bytes.push(value);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).map_err(|_| wrong(format!("{what} is not UTF-8 after percent-decoding")))
}

#[cold]
fn no_scheme() -> Error {
    wrong("the scheme is missing".into()).with_help(
        "write `sqlite:///blog.db`, `sqlite://` (in memory) or `postgres://user:password@host/database`",
    )
}

#[cold]
fn wrong(what: String) -> Error {
    Error::new(ErrorKind::Configuration, format!("the database URL is wrong: {what}"))
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Url { scheme, username, password, host, port, database, query } = self;
        if database.starts_with("file:") {
            return f.write_str(database);
        }
        write!(f, "{scheme}://")?;
        if username.is_some() || password.is_some() {
            f.write_str(username.as_deref().unwrap_or(""))?;
            if password.is_some() {
                f.write_str(":***")?;
            }
            f.write_str("@")?;
        }
        match host.as_deref() {
            Some(host) if host.contains(':') => write!(f, "[{host}]")?,
            Some(host) => f.write_str(host)?,
            None => {}
        }
        if let Some(port) = port {
            write!(f, ":{port}")?;
        }
        if !database.is_empty() {
            write!(f, "/{database}")?;
        }
        for (index, (name, value)) in query.iter().enumerate() {
            let secret = ["password", "passwd", "secret", "token"]
                .iter()
                .any(|s| name.to_ascii_lowercase().contains(s));
            let value = if secret { "***" } else { value };
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}
