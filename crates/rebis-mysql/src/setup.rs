//! What every connection is set to, when it is opened and when its borrower has changed something.

use crate::options::{Flavour, Options};
use crate::wire::native::Native;
use crate::wire::packet::{HEAD, Parts};
use crate::wire::{Head, Rows, Wire};
use rebis_core::{Error, ErrorKind};

/// The settings of a connection.
pub(crate) struct SetUp {
    text: String,
    database: String,
}

/// What the server tells of itself.
pub(crate) struct Told {
    pub(crate) version: String,
    pub(crate) max_packet: usize,
    /// How far apart generated keys are.
    pub(crate) key_step: u64,
    /// Whether the keys of one INSERT of so many rows follow each other.
    pub(crate) keys_follow: bool,
    database: Option<String>,
}

impl SetUp {
    pub(crate) fn new(options: &Options) -> SetUp {
        SetUp { text: text(options), database: options.database.clone() }
    }

    /// Sends the settings, in one round trip.
    pub(crate) async fn run(&self, wire: &mut Wire) -> Result<Option<Told>, Native> {
        wire.query(&self.text).await?;
        told(wire).await
    }

    /// Makes a connection as it was when it was opened, in one round trip. `false`: that cannot be done.
    pub(crate) async fn again(&self, wire: &mut Wire) -> Result<bool, Native> {
        let text = match self.database.as_str() {
            "" => self.text.clone(),
            name => format!("USE `{}`;\n{}", name.replace('`', "``"), self.text),
        };
        wire.reset_and_query(&text).await?;
        if !self.database.is_empty() {
            wire.head().await?;
        }
        // A connection that began without a database cannot leave one.
        let told = told(wire).await?;
        Ok(told.is_some_and(|told| told.database.is_some() != self.database.is_empty()))
    }
}

/// What the server tells behind the settings.
async fn told(wire: &mut Wire) -> Result<Option<Told>, Native> {
    wire.head().await?;
    let Head::Rows(_) = wire.head().await? else { return Ok(None) };
    let mut told = None;
    loop {
        match wire.rows().await? {
            Rows::Some(row, 1) => told = read(Parts(&row[HEAD..])),
            Rows::Some(..) | Rows::Long(_) => {}
            Rows::Over => return Ok(told),
        }
    }
}

fn read(mut row: Parts<'_>) -> Option<Told> {
    let mut text = || row.counted().map(|text| String::from_utf8_lossy(text).into_owned());
    let version = text()?;
    let mut number = || text()?.parse::<u64>().ok();
    let (max_packet, key_step, lock_mode) = (number()?, number()?, number()?);
    Some(Told {
        version,
        key_step,
        // In the interleaved mode other statements may draw keys in between.
        keys_follow: lock_mode < 2,
        max_packet: usize::try_from(max_packet).unwrap_or(usize::MAX),
        database: text(),
    })
}

/// The settings, and a question that tells what the driver must know.
///
/// * Wrong values are errors, a date that is none as well, a zero is no call for a new key, and `||` joins texts, as
///   everywhere else.
/// * Times are UTC.
/// * MariaDB before 10.10 would give a first TIMESTAMP column a default and an update of its own.
fn text(options: &Options) -> String {
    let lock = match options.lock_timeout {
        Some(timeout) => format!(", innodb_lock_wait_timeout = {}", timeout.as_secs().max(1)),
        None => String::new(),
    };
    format!(
        "SET NAMES utf8mb4, time_zone = '+00:00', autocommit = 1{lock}, sql_mode = 'STRICT_TRANS_TABLES,\
         NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,PIPES_AS_CONCAT' \
         /*M! , explicit_defaults_for_timestamp = 1 */;\n\
         SELECT CAST(version() AS CHAR), CAST(@@max_allowed_packet AS UNSIGNED), \
         CAST(@@auto_increment_increment AS UNSIGNED), \
         CAST(@@innodb_autoinc_lock_mode AS UNSIGNED), database()"
    )
}

/// Whether this driver knows the server: `8.0.36`, `10.11.19-MariaDB-0+deb12u1`.
pub(crate) fn check_version(version: &str, flavour: Flavour) -> rebis_core::Result<()> {
    let is_mariadb = version.to_ascii_lowercase().contains("mariadb");
    if flavour == Flavour::MariaDb && !is_mariadb {
        return Err(Error::new(ErrorKind::Configuration, "the URL says `mariadb`, and the server is MySQL")
            .with_help("write `mysql://`: it is what both servers understand"));
    }
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse::<u32>().ok());
    let mut next = || numbers.next().unwrap_or(0);
    let found = (next(), next(), next());
    // What compares texts with the blanks at their end came to MySQL late.
    let (name, least) = if is_mariadb { ("MariaDB", (10, 6, 0)) } else { ("MySQL", (8, 0, 17)) };
    if found >= least {
        return Ok(());
    }
    let shown = |(major, minor, patch): (u32, u32, u32)| format!("{major}.{minor}.{patch}");
    let text = format!("the server is {name} {}, and {} is the least", shown(found), shown(least));
    Err(Error::new(ErrorKind::Unsupported, text).with_help("use a newer server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let check = |version, flavour| check_version(version, flavour).map_err(|e| e.kind());
        for version in ["8.0.36", "8.4.0", "9.1.0-commercial", "10.6.0-MariaDB", "11.4.2-MariaDB-log"] {
            assert_eq!(check(version, Flavour::MySql), Ok(()), "{version}");
        }
        assert_eq!(check("10.11.19-MariaDB-0+deb12u1", Flavour::MariaDb), Ok(()));
        assert_eq!(check("8.0.36", Flavour::MariaDb), Err(ErrorKind::Configuration));
        for version in ["5.7.44", "8.0.16", "10.5.9-MariaDB", ""] {
            assert_eq!(check(version, Flavour::MySql), Err(ErrorKind::Unsupported), "{version}");
        }
    }
}
