//! URLs: what each form means, what is refused, and what is never shown.
#![allow(missing_docs)]

use rebis_core::ErrorKind;
use rebis_engine::Url;

#[test]
fn each_form_of_a_file_is_understood() {
    for (text, database) in [
        ("sqlite://", ""),
        ("sqlite:///:memory:", ":memory:"),
        ("sqlite://:memory:", ":memory:"),
        ("sqlite::memory:", ":memory:"),
        ("sqlite:///blog.db", "blog.db"),
        ("sqlite:///dir/blog.db", "dir/blog.db"),
        ("sqlite:////var/blog.db", "/var/blog.db"),
        ("sqlite://blog.db", "blog.db"),
        ("sqlite:blog.db", "blog.db"),
        ("sqlite:/var/blog.db", "/var/blog.db"),
        ("SQLite:///my%20blog.db", "my blog.db"),
        ("sqlite:///C:/data/blog.db", "C:/data/blog.db"),
        ("file:blog.db?mode=ro", "file:blog.db?mode=ro"),
        ("sqlite:file:blog.db?cache=shared", "file:blog.db?cache=shared"),
    ] {
        let url: Url = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!((url.scheme(), url.database()), ("sqlite", database), "{text}");
    }
}

#[test]
fn options_come_in_order_and_the_last_of_a_name_counts() {
    let url = Url::parse("sqlite:///a.db?mode=ro&busy_timeout=5s&mode=rw%20c").expect("a right URL");
    assert_eq!(url.get("mode"), Some("rw c"));
    assert_eq!(url.query().len(), 3);
    assert_eq!(url.get("nothing"), None);
}

#[test]
fn the_parts_of_a_server_are_found() {
    let url = Url::parse("postgres://al%40ice:p%3Aw@[::1]:5433/shop?sslmode=require").expect("a right URL");
    assert_eq!(url.username(), Some("al@ice"));
    assert_eq!(url.password(), Some("p:w"));
    assert_eq!((url.host(), url.port()), (Some("::1"), Some(5433)));
    assert_eq!((url.database(), url.get("sslmode")), ("shop", Some("require")));
    let url = Url::parse("mysql://host").expect("a right URL");
    assert_eq!((url.username(), url.host(), url.port(), url.database()), (None, Some("host"), None, ""));
    let url = Url::parse("postgres:///shop?host=%2Frun%2Fpg").expect("a right URL");
    assert_eq!((url.host(), url.get("host")), (None, Some("/run/pg")));
    // A careless password with an `@` still leaves the host where it is.
    let url = Url::parse("postgres://u:p@ss@host/db").expect("a right URL");
    assert_eq!((url.password(), url.host()), (Some("p@ss"), Some("host")));
}

#[test]
fn what_is_wrong_is_named_and_never_quoted() {
    for (text, part) in [
        ("blog.db", "the scheme is missing"),
        ("", "the scheme is missing"),
        ("C:\\blog.db", "the scheme is missing"),
        ("postgres:secret", "`//` is missing after `postgres:`"),
        ("postgres://u:secret@host:port/db", "the port is no number"),
        ("postgres://u:secret@host:99999/db", "the port is no number"),
        ("postgres://u:secret@[::1/db", "`]` is missing"),
        ("postgres://u:secret%zz@host/db", "a `%` in the password"),
        ("postgres://u:secret%@host/db", "a `%` in the password"),
        ("sqlite:///a%ff.db", "not UTF-8"),
        ("sqlite:///a.db?mode", "has no value"),
    ] {
        let error = Url::parse(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
        assert!(error.message().contains(part), "{text}: {error}");
        assert!(!error.to_string().contains("secret"), "{text}: {error}");
    }
}

#[test]
fn a_password_is_never_printed() {
    for text in ["postgres://u:secret@host:1/db?a=b", "postgres://:secret@host/db?sslpassword=secret"] {
        let url = Url::parse(text).expect("a right URL");
        let shown = format!("{url} {url:?}");
        assert!(!shown.contains("secret") && shown.contains("***"), "{shown}");
    }
    assert_eq!(
        Url::parse("sqlite:////a/b.db?mode=ro").expect("a right URL").to_string(),
        "sqlite:////a/b.db?mode=ro"
    );
    assert_eq!(Url::parse("postgres://[::1]:5/d").expect("a right URL").to_string(), "postgres://[::1]:5/d");
}
