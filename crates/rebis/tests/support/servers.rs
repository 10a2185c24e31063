//! A database or schema of its own for each test, on the servers of the tests, dropped when the test's thread ends.

use rebis::blocking::Engine;
use rebis::prelude::*;
use rebis::schema::MetaData;
use rebis_testkit::Proxy;
use std::cell::RefCell;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A URL of an empty schema on PostgreSQL.
pub fn postgres() -> String {
    let server = std::env::var("REBIS_TEST_POSTGRES_URL");
    let server = with_port(server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1/postgres".into()), 5432);
    let name = fresh();
    let url = format!("{server}{}search_path={name}", if server.contains('?') { '&' } else { '?' });
    keep(&server, &format!("CREATE SCHEMA {name}"), format!("DROP SCHEMA {name} CASCADE"));
    url
}

/// A URL of an empty database on MySQL or MariaDB, which says nothing of what MariaDB has besides.
pub fn mysql() -> String {
    empty_database("mysql")
}

/// A URL of an empty schema on PostgreSQL with this password. A server that asks for none takes any; else the user is one of
/// the test's own, which goes with it.
pub fn postgres_with(password: &str) -> String {
    let url = postgres();
    let parsed: rebis::Url = url.parse().expect("a URL");
    if parsed.password().is_none() {
        return with_password(&url, parsed.username().expect("a user"), password);
    }
    let user = fresh();
    let create = format!("CREATE ROLE {user} SUPERUSER LOGIN PASSWORD '{password}'");
    keep(&url, &create, format!("DROP ROLE {user}"));
    with_password(&url, &user, password)
}

/// A URL of an empty database on MySQL or MariaDB, of a user of its own with this password; both go with the test.
pub fn mysql_with(password: &str) -> String {
    let (url, server, user) = (mysql(), mysql_server(), fresh());
    let parsed: rebis::Url = url.parse().expect("a URL");
    // Some servers have a user without a name at `localhost`, who comes before one from anywhere.
    for host in ["%", "localhost"] {
        let create = format!("CREATE USER {user}@'{host}' IDENTIFIED BY '{password}'");
        keep(&server, &create, format!("DROP USER {user}@'{host}'"));
        let database = parsed.database();
        run(&server, &format!("GRANT ALL ON {database}.* TO {user}@'{host}'")).expect("it is granted");
    }
    with_password(&url, &user, password)
}

fn with_password(url: &str, user: &str, password: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a scheme");
    let (login, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = login.rsplit_once('@').map_or(login, |(_, host)| host);
    format!("{scheme}://{user}:{password}@{host}{rest}")
}

/// A URL of an empty database on MariaDB, if the server is one.
pub fn mariadb() -> String {
    static IS_MARIADB: LazyLock<bool> = LazyLock::new(|| {
        let version =
            || Engine::new(&mysql_server())?.connect()?.one(rebis::sql("SELECT version()").rows::<String>());
        version().is_ok_and(|version: String| version.contains("MariaDB"))
    });
    empty_database(if *IS_MARIADB { "mariadb" } else { "mysql" })
}

/// An empty schema more on PostgreSQL, in the same database.
pub fn postgres_schema() -> String {
    let server = std::env::var("REBIS_TEST_POSTGRES_URL");
    let server = with_port(server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1/postgres".into()), 5432);
    let name = fresh();
    keep(&server, &format!("CREATE SCHEMA {name}"), format!("DROP SCHEMA {name} CASCADE"));
    name
}

/// An empty database more on MySQL or MariaDB, on the same server.
pub fn mysql_schema() -> String {
    let name = fresh();
    keep(
        &mysql_server(),
        &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        format!("DROP DATABASE {name}"),
    );
    name
}

/// A proxy before the server of such a URL, and the URL that goes through it.
pub fn through_proxy(url: &str) -> (Proxy, String) {
    let parsed: rebis::Url = url.parse().expect("a URL");
    let server = format!("{}:{}", parsed.host().expect("a host"), parsed.port().expect("a port"));
    let proxy = Proxy::start(&server).expect("a port is free");
    let url = url.replace(&server, &proxy.address().to_string());
    (proxy, url)
}

fn mysql_server() -> String {
    let server = std::env::var("REBIS_TEST_MYSQL_URL");
    with_port(server.unwrap_or_else(|_| "mysql://root@127.0.0.1/test".into()), 3306)
}

/// The same URL with the port said: tests put another one there.
fn with_port(url: String, usual: u16) -> String {
    let parsed: rebis::Url = url.parse().expect("a URL");
    match (parsed.host(), parsed.port()) {
        (Some(host), None) => {
            let begin = url.find('@').or_else(|| url.find("//").map(|at| at + 1)).map_or(0, |at| at + 1);
            format!("{}{host}:{usual}{}", &url[..begin], &url[begin + host.len()..])
        }
        _ => url,
    }
}

fn empty_database(scheme: &str) -> String {
    let server = mysql_server();
    let name = fresh();
    let (base, query) = server.split_once('?').map_or((server.as_str(), ""), |(base, query)| (base, query));
    let (host, _) = base.rsplit_once('/').expect("the URL of the tests names a database");
    keep(&server, &format!("CREATE DATABASE {name}"), format!("DROP DATABASE {name}"));
    let (_, host) = host.split_once("://").expect("a scheme");
    format!("{scheme}://{host}/{name}?{query}")
}

fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let nanos = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.subsec_nanos());
    format!("rebis_test_{}_{nanos}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

thread_local! {
    static KEPT: RefCell<Vec<Guard>> = const { RefCell::new(Vec::new()) };
}

/// Drops what was made for a test.
struct Guard {
    server: String,
    drop: String,
}

impl Drop for Guard {
    fn drop(&mut self) {
        // A test that hangs on to its connections must not keep the others waiting.
        let _ = run(&self.server, &self.drop);
    }
}

fn keep(server: &str, create: &str, drop: String) {
    run(server, create).expect("the server of the tests answers; see CONTRIBUTING.md");
    KEPT.with_borrow_mut(|kept| kept.push(Guard { server: server.to_owned(), drop }));
}

fn run(server: &str, sql: &str) -> rebis::Result<u64> {
    Engine::new(server)?.connect()?.execute_raw(sql)
}

/// Takes the rows of all tables out, and begins with the first keys again.
pub fn empty(engine: &Engine, schema: &MetaData) -> rebis::Result<()> {
    let tables: Vec<String> = schema.tables().iter().map(|table| table.name.to_string()).collect();
    let mut connection = engine.connect()?;
    if engine.capabilities().name == "PostgreSQL" {
        connection.execute_raw(&format!("TRUNCATE {} RESTART IDENTITY", tables.join(", ")))?;
        return Ok(());
    }
    connection.execute_raw("SET foreign_key_checks = 0")?;
    for table in tables {
        connection.execute_raw(&format!("TRUNCATE {table}"))?;
    }
    connection.execute_raw("SET foreign_key_checks = 1")?;
    Ok(())
}
