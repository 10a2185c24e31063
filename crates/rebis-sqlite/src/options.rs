//! Where a database is and how each of its connections is set up.

use rebis_core::{Error, ErrorKind, Result};
use std::time::Duration;

/// Options of an SQLite database. Made by [`Options::file`], [`Options::memory`] or from the parts of a URL.
///
/// | In a URL | Method | Default |
/// |---|---|---|
/// | `mode=ro`, `rw`, `rwc`, `memory` | [`mode`](Options::mode) | `rwc`: read, write, create |
/// | `foreign_keys=on`, `off` | [`foreign_keys`](Options::foreign_keys) | on |
/// | `busy_timeout=5s`, `500ms`, `500` | [`busy_timeout`](Options::busy_timeout) | 5 s |
/// | `journal_mode=wal`, … | [`journal_mode`](Options::journal_mode) | what the file has |
/// | `synchronous=normal`, … | [`synchronous`](Options::synchronous) | SQLite's (`full`) |
/// | `cache_size=-8000` | [`cache_size`](Options::cache_size) | SQLite's; negative: KiB, positive: pages |
/// | `placement=inline`, `worker` | [`placement`](Options::placement) | inline |
/// | `statement_cache=128` | [`statement_cache`](Options::statement_cache) | 128 a connection |
///
/// ```
/// use rebis_sqlite::{JournalMode, Options};
/// let options = Options::file("app.db").journal_mode(JournalMode::Wal);
/// # let _ = options;
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) place: Place,
    pub(crate) mode: Mode,
    pub(crate) foreign_keys: bool,
    pub(crate) busy_timeout: Duration,
    pub(crate) journal_mode: Option<JournalMode>,
    pub(crate) synchronous: Option<Synchronous>,
    pub(crate) cache_size: Option<i64>,
    pub(crate) placement: Option<Placement>,
    pub(crate) statement_cache: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A path, or a `file:` URI of SQLite.
    File(String),
    /// One database in memory for all connections of a driver.
    Memory,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $option:literal { $($(#[$case_doc:meta])* $case:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$case_doc])* $case),* }

        impl $name {
            fn parse(word: &str) -> Result<Self> {
                match word.to_ascii_lowercase().as_str() {
                    $($word => Ok($name::$case),)*
                    _ => Err(wrong($option, word, &[$($word),*])),
                }
            }

            #[allow(dead_code)]
            pub(crate) fn word(self) -> &'static str {
                match self { $($name::$case => $word),* }
            }
        }
    };
}

words! {
    /// What may be done with the file.
    Mode: "mode" {
        /// Read, write, and create the file if there is none.
        ReadWriteCreate = "rwc",
        /// Read and write; the file must exist.
        ReadWrite = "rw",
        /// Read alone; the file must exist.
        ReadOnly = "ro",
    }
}

words! {
    /// How SQLite keeps a transaction undoable.
    JournalMode: "journal_mode" {
        /// A write-ahead log: readers and one writer at the same time.
        Wal = "wal",
        /// A journal beside the file, deleted at each commit.
        Delete = "delete",
        /// A journal that is cut to nothing.
        Truncate = "truncate",
        /// A journal whose head is overwritten.
        Persist = "persist",
        /// A journal in memory: a crash damages the database.
        Memory = "memory",
        /// None: no rollback either.
        Off = "off",
    }
}

words! {
    /// How often SQLite waits for the disk.
    Synchronous: "synchronous" {
        /// Never: a power failure may damage the database.
        Off = "off",
        /// At checkpoints: with a write-ahead log safe, but the last commits may be lost.
        Normal = "normal",
        /// At each commit.
        Full = "full",
        /// Also of the directory.
        Extra = "extra",
    }
}

words! {
    /// Where a connection runs.
    Placement: "placement" {
        /// On the caller's thread: fastest, and a long statement holds that thread (and an executor on it).
        Inline = "inline",
        /// On a thread of its own: nothing waits but the future.
        Worker = "worker",
    }
}

impl Options {
    /// The database in a file. A path that begins with `file:` is a URI as SQLite understands it.
    pub fn file(path: impl Into<String>) -> Options {
        Options::at(Place::File(path.into()))
    }

    /// A database in memory, one for all connections of the driver; it lives as long as the driver.
    pub fn memory() -> Options {
        Options::at(Place::Memory)
    }

    fn at(place: Place) -> Options {
        Options {
            place,
            mode: Mode::ReadWriteCreate,
            foreign_keys: true,
            busy_timeout: Duration::from_secs(5),
            journal_mode: None,
            synchronous: None,
            cache_size: None,
            placement: None,
            statement_cache: 128,
        }
    }

    /// From the parts of a URL: a path (`:memory:` and the empty path are memory) and its query.
    ///
    /// # Errors
    /// [`Configuration`](ErrorKind::Configuration) naming the option that is unknown or has a wrong value.
    pub fn from_url(path: &str, query: &[(String, String)]) -> Result<Options> {
        let mut options =
            if path.is_empty() || path == ":memory:" { Options::memory() } else { Options::file(path) };
        for (name, value) in query {
            options.set(name, value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "mode" if value == "memory" => self.place = Place::Memory,
            "mode" => self.mode = Mode::parse(value)?,
            "foreign_keys" => self.foreign_keys = switch(name, value)?,
            "busy_timeout" => self.busy_timeout = duration(name, value)?,
            "journal_mode" => self.journal_mode = Some(JournalMode::parse(value)?),
            "synchronous" => self.synchronous = Some(Synchronous::parse(value)?),
            "cache_size" => self.cache_size = Some(number(name, value)?),
            "placement" => self.placement = Some(Placement::parse(value)?),
            "statement_cache" => self.statement_cache = number(name, value)?,
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// What may be done with the file.
    pub fn mode(mut self, mode: Mode) -> Options {
        self.mode = mode;
        self
    }

    /// Whether foreign keys are enforced. SQLite's own default is off; here it is on.
    pub fn foreign_keys(mut self, on: bool) -> Options {
        self.foreign_keys = on;
        self
    }

    /// How long a statement waits for another connection's lock.
    pub fn busy_timeout(mut self, timeout: Duration) -> Options {
        self.busy_timeout = timeout;
        self
    }

    /// How a transaction is kept undoable.
    pub fn journal_mode(mut self, mode: JournalMode) -> Options {
        self.journal_mode = Some(mode);
        self
    }

    /// How often SQLite waits for the disk.
    pub fn synchronous(mut self, synchronous: Synchronous) -> Options {
        self.synchronous = Some(synchronous);
        self
    }

    /// The page cache of a connection: negative in KiB, positive in pages.
    pub fn cache_size(mut self, size: i64) -> Options {
        self.cache_size = Some(size);
        self
    }

    /// Where connections run.
    pub fn placement(mut self, placement: Placement) -> Options {
        self.placement = Some(placement);
        self
    }

    /// Where connections run if nothing was said.
    pub fn default_placement(mut self, placement: Placement) -> Options {
        self.placement.get_or_insert(placement);
        self
    }

    /// How many prepared statements a connection keeps; 0: none.
    pub fn statement_cache(mut self, statements: usize) -> Options {
        self.statement_cache = statements;
        self
    }

    /// The statements that set a new connection up.
    pub(crate) fn set_up(&self) -> String {
        use std::fmt::Write;
        let mut text = format!("PRAGMA foreign_keys = {};", u8::from(self.foreign_keys));
        // Writing into a string cannot fail.
        if let Some(mode) = self.journal_mode {
            let _ = write!(text, "PRAGMA journal_mode = {};", mode.word());
        }
        if let Some(synchronous) = self.synchronous {
            let _ = write!(text, "PRAGMA synchronous = {};", synchronous.word());
        }
        if let Some(size) = self.cache_size {
            let _ = write!(text, "PRAGMA cache_size = {size};");
        }
        text
    }
}

fn switch(name: &str, value: &str) -> Result<bool> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err(wrong(name, value, &["on", "off"])),
    }
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| wrong(name, value, &["a whole number"]))
}

fn duration(name: &str, value: &str) -> Result<Duration> {
    let (digits, unit) = value.split_at(value.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    let wrong = || wrong(name, value, &["5s", "500ms", "500 (milliseconds)"]);
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    match unit {
        "s" => Ok(Duration::from_secs(count)),
        "ms" | "" => Ok(Duration::from_millis(count)),
        _ => Err(wrong()),
    }
}

#[cold]
fn wrong(option: &str, value: &str, allowed: &[&str]) -> Error {
    Error::new(ErrorKind::Configuration, format!("`{value}` is no value of the SQLite option `{option}`"))
        .with_help(format!("write one of: {}", allowed.join(", ")))
}

#[cold]
fn unknown(option: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("SQLite has no option `{option}`")).with_help(
        "there are: mode, foreign_keys, busy_timeout, journal_mode, synchronous, cache_size, placement, \
         statement_cache",
    )
}
