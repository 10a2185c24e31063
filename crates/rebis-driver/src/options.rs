//! What the options of drivers have in common: how the values in a URL are read, and how a mistake is told.

use rebis_core::{Error, ErrorKind, Result};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One option of a URL, and whose it is.
///
/// ```
/// use rebis_driver::options::UrlOption;
/// use std::time::Duration;
///
/// let option = |value| UrlOption { database: "PostgreSQL", name: "lock_timeout", value };
/// assert_eq!(option("5s").duration(Duration::from_millis)?, Duration::from_secs(5));
/// assert_eq!(option("5").duration(Duration::from_millis)?, Duration::from_millis(5));
/// let error = option("soon").duration(Duration::from_millis).expect_err("that is no time");
/// assert_eq!(error.message(), "`soon` is no value of the PostgreSQL option `lock_timeout`");
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UrlOption<'o> {
    /// What users call the database.
    pub database: &'o str,
    /// The option.
    pub name: &'o str,
    /// Its value.
    pub value: &'o str,
}

impl UrlOption<'_> {
    /// `on` and `off`, and what else says the same.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration): it is another word.
    pub fn switch(self) -> Result<bool> {
        match self.value.to_ascii_lowercase().as_str() {
            "on" | "true" | "1" | "yes" => Ok(true),
            "off" | "false" | "0" | "no" => Ok(false),
            _ => Err(self.wrong(&["on", "off"])),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration): it is none, or out of range.
    pub fn number<T: FromStr>(self) -> Result<T> {
        self.value.parse().map_err(|_| self.wrong(&["a whole number"]))
    }

    /// `5s`, `500ms`, or a plain number in the unit that this option has.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration): it is no time.
    pub fn duration(self, plain: fn(u64) -> Duration) -> Result<Duration> {
        let digits = self.value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match &self.value[digits.len()..] {
            "" => plain,
            "s" => Duration::from_secs,
            "ms" => Duration::from_millis,
            _ => return Err(self.wrong(&["5s", "500ms"])),
        };
        digits.parse().map(unit).map_err(|_| self.wrong(&["5s", "500ms"]))
    }

    /// One word of a few, in upper or lower case.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration): it is another word.
    pub fn one_of<T: Copy>(self, words: &[(&str, T)]) -> Result<T> {
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(self.value));
        let words = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>();
        found.map(|(_, meant)| *meant).ok_or_else(|| self.wrong(&words()))
    }

    /// The value is none of this option.
    #[cold]
    pub fn wrong(self, allowed: &[&str]) -> Error {
        let UrlOption { database, name, value } = self;
        let message = format!("`{value}` is no value of the {database} option `{name}`");
        Error::new(ErrorKind::Configuration, message)
            .with_help(format!("write one of: {}", allowed.join(", ")))
    }

    /// There is no such option.
    #[cold]
    pub fn unknown(self, there_are: &str) -> Error {
        let UrlOption { database, name, value: _ } = self;
        Error::new(ErrorKind::Configuration, format!("{database} has no option `{name}`"))
            .with_help(format!("there are: {there_are}"))
    }

    /// A password among the options, where it is shown wherever the URL is.
    #[cold]
    pub fn misplaced_password(self) -> Error {
        let message = "a password among the options of a URL would be shown wherever the URL is";
        Error::new(ErrorKind::Configuration, message)
            .with_help("write it behind the user: `scheme://user:password@host/database`")
    }
}

/// A password, which shows itself to nobody.
///
/// ```
/// # use rebis_driver::options::Secret;
/// assert_eq!(format!("{:?}", Secret("open sesame".to_owned())), "***");
/// ```
#[derive(Clone)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Who the system says the user is; empty where it says nothing.
pub fn system_user() -> String {
    ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default()
}

/// Neither the URL nor the system names a user.
#[cold]
pub fn nobody() -> Error {
    Error::new(ErrorKind::Configuration, "the URL names no user, and neither does the system")
        .with_help("write `scheme://user@host/database`")
}
