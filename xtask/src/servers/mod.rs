//! The servers that tests ask for: those that the environment names, those on their usual ports, or private ones that
//! are thrown away behind the tests. It installs them only if it is told to.

mod install;
mod knock;
mod private;
mod programs;

pub(crate) use install::packages as install;
use private::Private;
use std::env;

/// What may be done to get a server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish {
    /// Debian's packages are installed where they are missing.
    pub(crate) install: bool,
    /// Servers on the usual ports are left alone.
    pub(crate) private: bool,
    /// A server that is not there is a failure.
    pub(crate) strict: bool,
}

/// A database that runs as a server.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The crate of its driver.
    pub(crate) driver: &'static str,
    /// The modules of its tests, where one program has the tests of several databases.
    pub(crate) modules: &'static [&'static str],
    /// The variable that tells tests where it is.
    pub(crate) variable: &'static str,
    /// Debian's name.
    package: &'static str,
    port: u16,
    url: fn(u16) -> String,
    /// Whether it lets the tests in.
    knock: fn(u16) -> bool,
    /// Whether it could be started here.
    is_installed: fn() -> bool,
    start: fn() -> Result<Private, String>,
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "PostgreSQL",
        driver: "rebis-postgres",
        modules: &["postgres::"],
        variable: "REBIS_TEST_POSTGRES_URL",
        package: "postgresql",
        port: 5432,
        url: |port| format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        knock: knock::postgres,
        is_installed: || programs::Postgres::find().is_some(),
        start: private::postgres,
    },
    Kind {
        name: "MySQL or MariaDB",
        driver: "rebis-mysql",
        modules: &["mysql::", "mariadb::"],
        variable: "REBIS_TEST_MYSQL_URL",
        package: "mariadb-server",
        port: 3306,
        url: |port| format!("mysql://root@127.0.0.1:{port}/test"),
        knock: knock::mysql,
        is_installed: || programs::MySql::find().is_some(),
        start: private::mysql,
    },
];

/// What was found. Private servers stop when this goes.
pub(crate) struct Servers {
    places: Vec<(&'static Kind, Place)>,
}

enum Place {
    /// By the variable of the environment.
    Named(String),
    Usual,
    Private(Box<Private>),
    Missing(String),
}

impl Servers {
    /// Looks for them, and starts those that are not there.
    pub(crate) fn find(wish: Wish) -> Servers {
        let missing: Vec<&Kind> =
            KINDS.iter().filter(|kind| !kind.runs(wish) && !(kind.is_installed)()).collect();
        let installed = match missing.is_empty() || !wish.install {
            true => Ok(()),
            false => install::packages(&missing.iter().map(|kind| kind.package).collect::<Vec<_>>()),
        };
        let places = KINDS.iter().map(|kind| (kind, kind.place(wish, &installed))).collect();
        Servers { places }
    }

    /// The variables that tell tests where the servers are.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let told = self.places.iter().filter_map(|(kind, place)| match place {
            Place::Named(url) => Some((kind.variable, url.clone())),
            Place::Usual => Some((kind.variable, (kind.url)(kind.port))),
            Place::Private(server) => Some((kind.variable, (kind.url)(server.port()))),
            Place::Missing(_) => None,
        });
        told.collect()
    }

    /// The names and URLs of those that nobody else uses.
    pub(crate) fn private(&self) -> Vec<(&'static str, String)> {
        let own = self.places.iter().filter_map(|(kind, place)| match place {
            Place::Private(server) => Some((kind.name, (kind.url)(server.port()))),
            Place::Named(_) | Place::Usual | Place::Missing(_) => None,
        });
        own.collect()
    }

    /// Those that are not there.
    pub(crate) fn missing(&self) -> Vec<&'static Kind> {
        let missing = self.places.iter().filter(|(_, place)| matches!(place, Place::Missing(_)));
        missing.map(|(kind, _)| *kind).collect()
    }

    /// A line for each.
    pub(crate) fn told(&self) -> Vec<String> {
        let line = |(kind, place): &(&Kind, Place)| match place {
            Place::Named(_) => format!("{}: the one that {} names", kind.name, kind.variable),
            Place::Usual => format!("{}: the one on port {}", kind.name, kind.port),
            Place::Private(server) => format!("{}: a private one on port {}", kind.name, server.port()),
            Place::Missing(why) => format!("{}: none. {why}", kind.name),
        };
        self.places.iter().map(line).collect()
    }
}

impl Kind {
    fn runs(&self, wish: Wish) -> bool {
        self.named().is_some() || (!wish.private && (self.knock)(self.port))
    }

    fn named(&self) -> Option<String> {
        env::var(self.variable).ok().filter(|url| !url.is_empty())
    }

    fn place(&self, wish: Wish, installed: &Result<(), String>) -> Place {
        if let Some(url) = self.named() {
            return Place::Named(url);
        }
        if !wish.private && (self.knock)(self.port) {
            return Place::Usual;
        }
        if !(self.is_installed)() {
            let why = match installed {
                Ok(()) => format!("`cargo xtask test --install` installs Debian's `{}`", self.package),
                Err(why) => why.clone(),
            };
            return Place::Missing(format!("{why}; or name a server by {}", self.variable));
        }
        match (self.start)() {
            Ok(server) => Place::Private(Box::new(server)),
            Err(why) => Place::Missing(format!("It is installed and does not start: {why}")),
        }
    }
}
