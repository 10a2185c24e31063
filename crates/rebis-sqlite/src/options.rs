//! Where a database is and how each of its connections is set up.

use rebis_core::Result;
use rebis_driver::options::UrlOption;
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
/// | `attach=acme:acme.db`, any number | [`attach`](Options::attach) | none |
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
    pub(crate) one_connection: bool,
    /// Databases beside it, each a schema.
    pub(crate) attached: Vec<(String, Place)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A path, or a `file:` URI of SQLite.
    File(String),
    /// One database in memory for all connections of a driver; with a name, of all drivers in the process.
    Memory(Option<String>),
}

impl Place {
    /// `:memory:`, `file::memory:` and `file:name?mode=memory` are memory, which every connection of a driver shares:
    /// SQLite alone would give each connection a database of its own, or with `cache=shared` locks without a wait.
    fn of(path: String) -> Place {
        if path.is_empty() || path == ":memory:" {
            return Place::Memory(None);
        }
        let Some(uri) = path.strip_prefix("file:") else { return Place::File(path) };
        let (name, query) = uri.split_once('?').unwrap_or((uri, ""));
        match name.trim_start_matches('/') {
            ":memory:" => Place::Memory(None),
            "" if query.split('&').any(|pair| pair == "mode=memory") => Place::Memory(None),
            name if query.split('&').any(|pair| pair == "mode=memory") => {
                Place::Memory(Some(name.to_owned()))
            }
            _ => Place::File(path),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$case_doc])* $case),* }

        impl $name {
            const WORDS: &[(&'static str, $name)] = &[$(($word, $name::$case)),*];

            #[allow(dead_code)]
            pub(crate) fn word(self) -> &'static str {
                match self { $($name::$case => $word),* }
            }
        }
    };
}

words! {
    /// What may be done with the file.
    Mode {
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
    JournalMode {
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
    Synchronous {
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
    Placement {
        /// On the caller's thread: fastest, and a long statement holds that thread (and an executor on it).
        Inline = "inline",
        /// On a thread of its own: nothing waits but the future.
        Worker = "worker",
    }
}

const OPTIONS: &str = "mode, foreign_keys, busy_timeout, journal_mode, synchronous, cache_size, placement, \
                       statement_cache, attach";

impl Options {
    /// The database in a file. A path that begins with `file:` is a URI as SQLite understands it; one that says
    /// memory (`:memory:`, `file:name?mode=memory`) is a database in memory as [`memory`](Options::memory) makes it,
    /// under that name known to the whole process.
    pub fn file(path: impl Into<String>) -> Options {
        Options::at(Place::of(path.into()))
    }

    /// A database in memory, one for all connections of the driver; it lives as long as the driver.
    pub fn memory() -> Options {
        Options::at(Place::Memory(None))
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
            one_connection: false,
            attached: Vec::new(),
        }
    }

    /// From the parts of a URL: a path (`:memory:` and the empty path are memory) and its query.
    ///
    /// # Errors
    /// [`Configuration`](rebis_core::ErrorKind::Configuration) naming the option that is unknown or has a wrong value.
    pub fn from_url(path: &str, query: &[(String, String)]) -> Result<Options> {
        let mut options =
            if path.is_empty() || path == ":memory:" { Options::memory() } else { Options::file(path) };
        for (name, value) in query {
            options.set(name, value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let option = UrlOption { database: "SQLite", name, value };
        match name {
            "mode" if value == "memory" => self.place = Place::Memory(None),
            "mode" => self.mode = option.one_of(Mode::WORDS)?,
            "foreign_keys" => self.foreign_keys = option.switch()?,
            "busy_timeout" => self.busy_timeout = option.duration(Duration::from_millis)?,
            "journal_mode" => self.journal_mode = Some(option.one_of(JournalMode::WORDS)?),
            "synchronous" => self.synchronous = Some(option.one_of(Synchronous::WORDS)?),
            "cache_size" => self.cache_size = Some(option.number()?),
            "placement" => self.placement = Some(option.one_of(Placement::WORDS)?),
            "statement_cache" => self.statement_cache = option.number()?,
            "attach" => match value.split_once(':') {
                Some((schema, path)) if !schema.is_empty() => {
                    self.attached.push((schema.to_owned(), Place::of(path.to_owned())));
                }
                _ => return Err(option.wrong(&["a schema and a path: `attach=acme:acme.db`"])),
            },
            _ => return Err(option.unknown(OPTIONS)),
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

    /// Whether the driver is asked for one connection at a time, as a pool of one does. A database in memory is then
    /// SQLite's own `:memory:`, without the locks that several connections need: a row by key takes 13 % fewer
    /// instructions, an INSERT of one row a quarter fewer. It lives as long as the driver all the same. An engine made from
    /// a URL knows it from the size of its pool.
    ///
    /// ```
    /// use rebis_sqlite::{Options, Sqlite};
    /// let driver = Sqlite::new(Options::memory().one_connection(true));
    /// # let _ = driver;
    /// ```
    ///
    /// A second connection beside the first is an error then, after the busy timeout. Says nothing of files, of databases
    /// in memory with a name, and where others are [attached](Options::attach).
    pub fn one_connection(mut self, is: bool) -> Options {
        self.one_connection = is;
        self
    }

    /// Whether one connection has the database for itself.
    pub(crate) fn is_alone(&self) -> bool {
        self.one_connection
            && self.place == Place::Memory(None)
            && self.attached.is_empty()
            && self.mode != Mode::ReadOnly
    }

    /// Another database beside it, on each connection: tables in it are those of this schema. A path that says memory is a
    /// database that all connections of the driver share.
    ///
    /// ```
    /// use rebis_sqlite::Options;
    /// let tenants = Options::file("shared.db").attach("acme", "acme.db").attach("duck", "duck.db");
    /// # let _ = tenants;
    /// ```
    ///
    /// SQLite takes ten of them. No foreign key leads from one to another; a transaction over several is atomic but for a
    /// power failure with a write-ahead log.
    pub fn attach(mut self, schema: impl Into<String>, path: impl Into<String>) -> Options {
        self.attached.push((schema.into(), Place::of(path.into())));
        self
    }

    /// The statements that set a new connection up. `attached`: where the databases beside it are.
    pub(crate) fn set_up(&self, attached: &[(String, String)]) -> String {
        use std::fmt::Write;
        let mut text = String::new();
        for (schema, path) in attached {
            let (schema, path) = (schema.replace('"', "\"\""), path.replace('\'', "''"));
            let _ = write!(text, "ATTACH '{path}' AS \"{schema}\";");
        }
        let _ = write!(text, "PRAGMA foreign_keys = {};", u8::from(self.foreign_keys));
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

#[cfg(test)]
mod tests {
    use super::*;
    use rebis_core::ErrorKind;

    fn read(path: &str, query: &[(&str, &str)]) -> Result<Options> {
        let query: Vec<_> = query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Options::from_url(path, &query)
    }

    #[test]
    fn paths_that_say_memory_are_one_database() {
        let named = |name: &str| Place::Memory(Some(name.to_owned()));
        for (path, place) in [
            ("", Place::Memory(None)),
            (":memory:", Place::Memory(None)),
            ("file::memory:?cache=shared", Place::Memory(None)),
            ("file:?mode=memory", Place::Memory(None)),
            ("file:shop?mode=memory&cache=shared", named("shop")),
            ("file:///shop?cache=shared&mode=memory", named("shop")),
            ("file:shop.db?mode=ro", Place::File("file:shop.db?mode=ro".into())),
            ("shop.db", Place::File("shop.db".into())),
        ] {
            assert_eq!(read(path, &[]).expect(path).place, place, "{path}");
        }
        assert_eq!(read("shop", &[("mode", "memory")]).expect("memory").place, Place::Memory(None));
    }

    #[test]
    fn options_are_read() {
        let query = [
            ("mode", "RO"),
            ("foreign_keys", "off"),
            ("busy_timeout", "250"),
            ("journal_mode", "wal"),
            ("synchronous", "normal"),
            ("cache_size", "-8000"),
            ("placement", "worker"),
            ("statement_cache", "7"),
        ];
        let options = read("a.db", &query).expect("they are right").default_placement(Placement::Inline);
        assert_eq!((options.mode, options.placement), (Mode::ReadOnly, Some(Placement::Worker)));
        assert_eq!((options.busy_timeout, options.statement_cache), (Duration::from_millis(250), 7));
        assert_eq!(
            options.set_up(&[]),
            "PRAGMA foreign_keys = 0;PRAGMA journal_mode = wal;PRAGMA synchronous = normal;\
             PRAGMA cache_size = -8000;"
        );
        assert_eq!(
            read("a.db", &[("busy_timeout", "5s")]).expect("right").busy_timeout,
            Duration::from_secs(5)
        );
    }

    #[test]
    fn a_wrong_option_is_named() {
        for (name, value, part) in [
            ("jornal_mode", "wal", "no option `jornal_mode`"),
            ("journal_mode", "wall", "`wall` is no value of the SQLite option `journal_mode`"),
            ("busy_timeout", "5 minutes", "`busy_timeout`"),
            ("busy_timeout", "s", "`busy_timeout`"),
            ("cache_size", "big", "`cache_size`"),
            ("foreign_keys", "maybe", "`foreign_keys`"),
            ("statement_cache", "-1", "`statement_cache`"),
            ("attach", "acme.db", "`attach`"),
        ] {
            let error = read("a.db", &[(name, value)]).expect_err(value);
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.message().contains(part), "{error}");
            assert!(error.help().is_some());
        }
    }
}
