//! Whom the driver believes: a front of TLS before the server of the tests, with certificates made for the occasion.
#![allow(missing_docs)]

mod common;

use common::{options, url, value};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rebis_core::{Datum, ErrorKind, Result};
use rebis_driver::{Connection, Driver};
use rebis_engine::block_on;
use rebis_postgres::Postgres;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

/// What the front shows.
struct Shown {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

fn certificate(of: &Issuer, host: &str, expired: bool) -> Shown {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    if expired {
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    }
    let certificate = params.signed_by(&key, of).expect("it is signed");
    Shown {
        certificate: certificate.der().clone(),
        key: PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
    }
}

/// What the front does when it is asked for TLS.
enum Manner {
    Tls(Box<Shown>),
    /// It has none.
    Plain,
    /// Somebody on the way puts words of his own before it.
    Injects,
}

/// A front that lives as long as the runtime.
fn front(runtime: &Runtime, manner: Manner) -> u16 {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let acceptor = match &manner {
        Manner::Tls(shown) => {
            let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("there are versions")
                .with_no_client_auth()
                .with_single_cert(vec![shown.certificate.clone()], shown.key.clone_key())
                .expect("they belong together");
            Some(TlsAcceptor::from(Arc::new(config)))
        }
        Manner::Plain | Manner::Injects => None,
    };
    let injects = matches!(manner, Manner::Injects);
    runtime.spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, acceptor.clone(), injects));
        }
    });
    port
}

async fn serve(mut client: TcpStream, acceptor: Option<TlsAcceptor>, injects: bool) -> std::io::Result<()> {
    let mut request = [0; 8];
    client.read_exact(&mut request).await?;
    let url = url();
    let mut server =
        TcpStream::connect((url.host().unwrap_or("127.0.0.1"), url.port().unwrap_or(5432))).await?;
    match acceptor {
        Some(acceptor) => {
            client.write_all(b"S").await?;
            let mut client = acceptor.accept(client).await?;
            return copy_bidirectional(&mut client, &mut server).await.map(drop);
        }
        None if injects => client.write_all(b"SZ\0\0\0\x05I").await?,
        None => client.write_all(b"N").await?,
    }
    // The other side has read what it was told when it hangs up.
    client.read_u8().await.map(drop)
}

/// A file with the certificate of an authority.
struct Roots(PathBuf);

impl Roots {
    fn of(issuer: &Issuer) -> Roots {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path =
            PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}.pem", std::process::id()));
        std::fs::write(&path, issuer.pem()).expect("a file can be written");
        Roots(path)
    }
}

impl Drop for Roots {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn connect(port: u16, mode: &str, roots: &Roots) -> Result<Box<dyn Connection>> {
    let path = roots.0.to_string_lossy();
    let options = options(&[("host", "localhost"), ("sslmode", mode), ("sslrootcert", &path)]).port(port);
    block_on(Postgres::new(options).connect())
}

#[test]
fn only_the_right_certificate_is_believed() {
    let runtime = Runtime::new().expect("the system gives threads");
    let (ours, other) = (authority(), authority());
    let roots = Roots::of(&ours);
    let tls = |shown: Shown| front(&runtime, Manner::Tls(Box::new(shown)));
    let good = tls(certificate(&ours, "localhost", false));
    let strange = tls(certificate(&other, "localhost", false));
    let elsewhere = tls(certificate(&ours, "db.example", false));
    let expired = tls(certificate(&ours, "localhost", true));
    let plain = front(&runtime, Manner::Plain);
    let injecting = front(&runtime, Manner::Injects);
    let mut refused = Vec::new();
    for (name, port, modes) in [
        ("good", good, [true, true, true]),
        ("of another authority", strange, [true, false, false]),
        ("of another host", elsewhere, [true, true, false]),
        ("expired", expired, [true, false, false]),
        ("plaintext server", plain, [false; 3]),
        ("words put before the handshake", injecting, [false; 3]),
    ] {
        for (mode, expected) in ["require", "verify-ca", "verify-full"].into_iter().zip(modes) {
            match connect(port, mode, &roots) {
                Ok(mut db) => {
                    assert!(expected, "{name} is believed with {mode}");
                    assert_eq!(value(&mut *db, "SELECT 40 + 2"), Datum::Int(42));
                }
                Err(error) => {
                    assert!(!expected, "{name} with {mode}: {error}");
                    assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
                    assert!(error.help().is_some(), "{error}");
                    refused.extend((mode == "verify-full").then_some(name));
                }
            }
        }
    }
    println!(
        "figure: TLS | PostgreSQL | verify-full: the right server connects; refused: {}",
        refused.join(", ")
    );
    assert_eq!(refused.len(), 5);
}

#[test]
fn without_a_word_about_roots_only_those_of_the_web_are_believed() {
    let runtime = Runtime::new().expect("the system gives threads");
    let good = front(&runtime, Manner::Tls(Box::new(certificate(&authority(), "localhost", false))));
    let options = options(&[("host", "localhost"), ("sslmode", "verify-full")]).port(good);
    let error = block_on(Postgres::new(options).connect()).err().expect("nobody knows the authority");
    assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
}

#[test]
fn a_long_statement_is_interrupted_by_tls_too() {
    let runtime = Runtime::new().expect("the system gives threads");
    let ours = authority();
    let roots = Roots::of(&ours);
    let port = front(&runtime, Manner::Tls(Box::new(certificate(&ours, "localhost", false))));
    let mut db = connect(port, "verify-full", &roots).expect("it connects");
    let (statement, mut binds, mut sink) = (
        rebis_sql::Statement::once("SELECT pg_sleep(600)", rebis_sql::StatementKind::Read),
        rebis_core::Binds::new(),
        rebis_driver::Discard,
    );
    let mut steps = [rebis_driver::Step::new(&statement, &mut binds, &mut sink)];
    {
        let mut future = db.run(&mut steps);
        let pending = block_on(std::future::poll_fn(|context| {
            std::task::Poll::Ready(future.as_mut().poll(context).is_pending())
        }));
        assert!(pending);
    }
    let mut db = block_on(db.heal()).expect("it heals");
    assert_eq!(value(&mut *db, "SELECT 40 + 2"), Datum::Int(42));
}
