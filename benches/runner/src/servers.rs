//! The servers, and an empty database for each program that runs.

use harness::{Database, Place};
use rebis::blocking::Engine;
use rebis::prelude::*;
use rebis_testkit::Proxy;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How far away a far server is, each way.
const FAR: Duration = Duration::from_millis(5);

pub struct Servers {
    postgres: Option<Server>,
    mysql: Option<Server>,
}

struct Server {
    engine: Engine,
    version: String,
    /// `scheme://user@`, `host:port`.
    login: String,
    address: String,
    /// Databases that nobody uses any more. Making one takes longer than emptying it.
    free: Mutex<Vec<String>>,
}

/// A database for one program. It goes with this.
pub struct Home<'a> {
    server: Option<&'a Server>,
    name: String,
    pub url: String,
    pub proxy: Option<Proxy>,
}

impl Servers {
    /// Those that the environment names, or that are on their usual ports.
    pub fn find() -> Servers {
        Servers {
            postgres: Server::find("REBIS_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
            mysql: Server::find("REBIS_TEST_MYSQL_URL", "mysql://root@127.0.0.1:3306/"),
        }
    }

    fn server(&self, database: Database) -> Option<&Server> {
        match database {
            Database::Sqlite => None,
            Database::Postgres => self.postgres.as_ref(),
            Database::MySql => self.mysql.as_ref(),
        }
    }

    pub fn version(&self, database: Database) -> Option<&str> {
        self.server(database).map(|server| server.version.as_str())
    }

    /// An empty database at this place; none, where there is no server.
    pub fn home(&self, place: Place) -> Option<Home<'_>> {
        if place == Place::Sqlite {
            return Some(Home { server: None, name: String::new(), url: "-".into(), proxy: None });
        }
        let server = self.server(place.database())?;
        let proxy = (place == Place::Far).then(|| Proxy::start(&server.address)).transpose().ok()?;
        if let Some(proxy) = &proxy {
            proxy.delay(FAR);
        }
        server.home(proxy)
    }

    /// An empty database behind a proxy that listens.
    pub fn tapped(&self, place: Place) -> Option<Home<'_>> {
        let server = self.server(place.database())?;
        let proxy = Proxy::start(&server.address).ok()?;
        proxy.listen();
        server.home(Some(proxy))
    }
}

impl Server {
    fn find(variable: &str, usual: &str) -> Option<Server> {
        let url = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
        let (login, rest) = url.split_at(url.rfind('@')? + 1);
        let address = rest.split('/').next()?;
        let port = if login.starts_with("mysql") { ":3306" } else { ":5432" };
        let address = if address.contains(':') { address.to_owned() } else { format!("{address}{port}") };
        let engine = Engine::new(&url).ok()?;
        let version =
            engine.connect().and_then(|mut db| db.scalar(rebis::sql("select version()").rows::<String>()));
        Some(Server {
            engine,
            version: version.ok()?,
            login: login.to_owned(),
            address,
            free: Mutex::default(),
        })
    }

    fn home(&self, proxy: Option<Proxy>) -> Option<Home<'_>> {
        let name = match self.free().pop() {
            Some(name) => self.emptied(name)?,
            None => self.made()?,
        };
        let address =
            proxy.as_ref().map_or_else(|| self.address.clone(), |proxy| proxy.address().to_string());
        // Some peers would encrypt where the server can, and others not.
        let plain = if self.is_mysql() { "" } else { "?sslmode=disable" };
        let url = format!("{}{address}/{name}{plain}", self.login);
        Some(Home { server: Some(self), name, url, proxy })
    }

    fn free(&self) -> MutexGuard<'_, Vec<String>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(&self) -> Option<String> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("rebis_bench_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("create database {name}"))?;
        Some(name)
    }

    fn emptied(&self, name: String) -> Option<String> {
        if self.is_mysql() {
            self.run(&format!("drop database {name}"))?;
            self.run(&format!("create database {name}"))?;
            return Some(name);
        }
        let engine = Engine::new(&format!("{}{}/{name}", self.login, self.address)).ok()?;
        let mut db = engine.connect().ok()?;
        // A program that was stopped may still be connected for a moment.
        let others = "select pg_terminate_backend(pid) from pg_stat_activity \
                      where datname = current_database() and pid <> pg_backend_pid()";
        for text in [others, "drop schema public cascade", "create schema public"] {
            db.execute_raw(text).ok()?;
        }
        Some(name)
    }

    fn is_mysql(&self) -> bool {
        self.login.starts_with("mysql")
    }

    fn run(&self, text: &str) -> Option<u64> {
        self.engine.connect().and_then(|mut db| db.execute_raw(text)).ok()
    }
}

impl Drop for Home<'_> {
    fn drop(&mut self) {
        if let Some(server) = self.server {
            server.free().push(std::mem::take(&mut self.name));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let force = if self.is_mysql() { "" } else { " with (force)" };
        for name in std::mem::take(&mut *self.free()) {
            self.run(&format!("drop database {name}{force}"));
        }
    }
}
