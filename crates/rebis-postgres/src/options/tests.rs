//! Options from a URL: what is read, what is sent, and what is refused.

use super::*;
use rebis_core::ErrorKind;

fn read(host: &str, port: Option<u16>, query: &[(&str, &str)]) -> Result<Options> {
    let query: Vec<_> = query.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Options::from_url(UrlParts {
        scheme: "postgres",
        user: Some("alice"),
        password: Some("s3cret"),
        host: (!host.is_empty()).then_some(host),
        port,
        database: "shop",
        query: &query,
    })
}

#[test]
fn hosts() {
    let tcp = |name: &str, port| Host::Tcp(name.into(), port);
    for (host, port, expected) in [
        ("", None, vec![tcp("localhost", 5432)]),
        ("db.example", Some(5433), vec![tcp("db.example", 5433)]),
        ("a:1,b:2,c", Some(3), vec![tcp("a", 1), tcp("b", 2), tcp("c", 3)]),
        ("::1", None, vec![tcp("::1", 5432)]),
        ("[::1]:7", None, vec![tcp("::1", 7)]),
        ("/var/run/postgresql", None, vec![Host::Unix("/var/run/postgresql".into(), 5432)]),
    ] {
        assert_eq!(read(host, port, &[]).expect(host).hosts, expected, "{host}");
    }
    let socket = read("", Some(5433), &[("host", "/tmp")]).expect("a socket");
    assert_eq!(socket.hosts[0].to_string(), "/tmp/.s.PGSQL.5433");
}

#[test]
fn only_this_machine_is_spoken_to_in_the_clear() {
    for (host, expected) in [
        ("localhost", TlsMode::Disable),
        ("127.0.0.1", TlsMode::Disable),
        ("::1", TlsMode::Disable),
        ("/tmp", TlsMode::Disable),
        ("db.example", TlsMode::VerifyFull),
        ("10.0.0.1", TlsMode::VerifyFull),
        ("localhost.example", TlsMode::VerifyFull),
    ] {
        let options = read(host, None, &[]).expect(host);
        assert_eq!(options.tls_for(&options.hosts[0]), expected, "{host}");
    }
    let asked = read("localhost", None, &[("sslmode", "require")]).expect("it is right");
    assert_eq!(asked.tls_for(&asked.hosts[0]), TlsMode::Require);
}

#[test]
fn options_are_read_and_sent() {
    let query = [
        ("application_name", "a shop"),
        ("statement_timeout", "2s"),
        ("lock_timeout", "250"),
        ("search_path", "shop, public"),
        ("options", "-c work_mem=1MB"),
        ("connect_timeout", "3"),
        ("tcp_timeout", "20"),
        ("prepare", "unnamed"),
        ("target_session_attrs", "primary"),
    ];
    let options = read("a", None, &query).expect("they are right");
    assert_eq!((options.connect_timeout, options.kept()), (Duration::from_secs(3), 0));
    assert_eq!(options.silence, Duration::from_secs(20));
    assert_eq!(options.target, TargetSession::Primary);
    let sent = options.startup();
    assert_eq!(
        sent.last().expect("there are some"),
        &(
            "options",
            "-c work_mem=1MB -c statement_timeout=2000 -c lock_timeout=250 -c search_path=shop,\\ public"
                .into()
        )
    );
    assert!(sent.contains(&("application_name", "a shop".into())));
}

#[test]
fn a_wrong_option_is_named_and_a_password_never_shown() {
    for (name, value, part) in [
        ("sslmod", "disable", "no option `sslmod`"),
        ("sslmode", "prefer", "protects nothing"),
        ("sslmode", "full", "`full` is no value"),
        ("connect_timeout", "5 minutes", "`connect_timeout`"),
        ("statement_timeout", "-1", "`statement_timeout`"),
        ("prepare", "maybe", "`prepare`"),
        ("target_session_attrs", "master", "`target_session_attrs`"),
        ("password", "s3cret", "would be shown"),
        ("statement_cache", "many", "`statement_cache`"),
        ("host", "a:b", "`host`"),
    ] {
        let error = read("a", None, &[(name, value)]).expect_err(value);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains(part), "{error}");
        assert!(error.help().is_some() && !error.to_string().contains("s3cret"), "{error}");
    }
    assert!(!format!("{:?}", read("a", None, &[]).expect("it is right")).contains("s3cret"));
}
