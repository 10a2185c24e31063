//! Whom the driver believes: a front of TLS before the server of the tests, with certificates made for the occasion.
#![allow(missing_docs)]

mod common;

use common::{Db, block_on, server};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rebis_core::{ErrorKind, Result};
use rebis_driver::{Connection, Driver};
use rebis_mysql::{MySql, Options, TlsMode};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy_bidirectional};
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

fn certificate(of: &Issuer, host: &str, expired: bool) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    if expired {
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    }
    let certificate = params.signed_by(&key, of).expect("it is signed");
    (certificate.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
}

/// A front that lives as long as the runtime.
fn front(runtime: &Runtime, shown: (CertificateDer<'static>, PrivateKeyDer<'static>)) -> u16 {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("there are versions")
        .with_no_client_auth()
        .with_single_cert(vec![shown.0], shown.1)
        .expect("they belong together");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    runtime.spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, acceptor.clone()));
        }
    });
    port
}

/// One message of the protocol: three bytes of length, a number, and what it says.
async fn message(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut whole = vec![0; 4];
    from.read_exact(&mut whole).await?;
    let length = u32::from_le_bytes([whole[0], whole[1], whole[2], 0]) as usize;
    whole.resize(4 + length, 0);
    from.read_exact(&mut whole[4..]).await?;
    Ok(whole)
}

/// The bit that says "TLS", in the second byte of what either side can do.
const TLS: u8 = 0x08;

/// Says that the server has TLS, and is in TLS itself. The server is not told: numbers and flags are made to fit.
async fn serve(mut client: TcpStream, acceptor: TlsAcceptor) -> io::Result<()> {
    let url = std::env::var("REBIS_TEST_MYSQL_URL").unwrap_or("mysql://root@127.0.0.1:3306/test".into());
    let url: rebis_engine::Url = url.parse().expect("the URL of the tests is right");
    let address = (url.host().unwrap_or("127.0.0.1"), url.port().unwrap_or(3306));
    let mut server = TcpStream::connect(address).await?;
    let mut greeting = message(&mut server).await?;
    let version = greeting[5..].iter().position(|byte| *byte == 0).expect("the version ends");
    greeting[5 + version + 1 + 4 + 8 + 1 + 1] |= TLS;
    client.write_all(&greeting).await?;
    message(&mut client).await?;
    let mut client = acceptor.accept(client).await?;
    let mut login = message(&mut client).await?;
    (login[3], login[5]) = (login[3] - 1, login[5] & !TLS);
    server.write_all(&login).await?;
    let mut answer = message(&mut server).await?;
    answer[3] += 1;
    client.write_all(&answer).await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// A file with the certificate of an authority.
struct Roots(PathBuf);

impl Roots {
    fn of(issuer: &Issuer) -> Roots {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mysql-{}-{number}.pem", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, issuer.pem()).expect("a file can be written");
        Roots(path)
    }
}

impl Drop for Roots {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn connect(options: Options) -> Result<Box<dyn Connection>> {
    block_on(MySql::new(options).connect())
}

/// The server of the tests under the name that the certificates are for.
fn localhost(port: u16) -> Options {
    server().host("localhost").port(port)
}

#[test]
fn only_the_right_certificate_is_believed() {
    let runtime = Runtime::new().expect("the system gives threads");
    let (ours, other) = (authority(), authority());
    let roots = Roots::of(&ours);
    let mut refused = Vec::new();
    for (name, shown, modes) in [
        ("good", certificate(&ours, "localhost", false), [true, true, false]),
        ("of another authority", certificate(&other, "localhost", false), [true, false, false]),
        ("of another host", certificate(&ours, "db.example", false), [true, false, true]),
        ("expired", certificate(&ours, "localhost", true), [true, false, false]),
    ] {
        let port = front(&runtime, shown);
        let all = [
            (TlsMode::Required, "localhost"),
            (TlsMode::VerifyIdentity, "localhost"),
            (TlsMode::VerifyIdentity, "db.example"),
        ];
        for ((mode, host), expected) in all.into_iter().zip(modes) {
            let roots = roots.0.to_string_lossy();
            let options = localhost(port).tls(mode).root_certificate(roots).certificate_host(host);
            match connect(options) {
                Ok(wire) => {
                    assert!(expected, "{name} is believed with {mode:?} as {host}");
                    assert_eq!(Db { wire: Some(wire) }.number("SELECT 40 + 2"), 42);
                }
                Err(error) => {
                    assert!(
                        !expected,
                        "{name} with {mode:?} as {host}: {error} {:?}",
                        std::error::Error::source(&error)
                    );
                    assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
                    assert!(error.message().contains("TLS") && error.help().is_some(), "{error}");
                    let by_name = mode == TlsMode::VerifyIdentity && host == "localhost";
                    refused.extend(by_name.then_some(name));
                }
            }
        }
    }
    let plain =
        connect(server().tls(TlsMode::VerifyIdentity)).err().expect("the server of the tests has no TLS");
    assert_eq!(plain.kind(), ErrorKind::CannotConnect, "{plain}");
    refused.push("plaintext server");
    println!(
        "figure: TLS | MariaDB | verify_identity: the right server connects; refused: {}",
        refused.join(", ")
    );
    assert_eq!(refused.len(), 4);
}

#[test]
fn without_a_word_about_roots_only_those_of_the_web_are_believed() {
    let runtime = Runtime::new().expect("the system gives threads");
    let good = front(&runtime, certificate(&authority(), "localhost", false));
    let error =
        connect(localhost(good).tls(TlsMode::VerifyIdentity)).err().expect("nobody knows the authority");
    assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
    let missing =
        connect(localhost(good).root_certificate("/no/such/ca.pem")).err().expect("there is no such file");
    assert_eq!(missing.kind(), ErrorKind::Configuration);
    assert!(missing.message().contains("/no/such/ca.pem"), "{missing}");
}

#[test]
fn a_server_without_tls_is_refused_where_tls_was_asked_for() {
    let url = server();
    for mode in [TlsMode::Required, TlsMode::VerifyIdentity] {
        let error = connect(url.clone().tls(mode)).err().expect("the server of the tests has no TLS");
        assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
    }
}

#[test]
fn a_long_statement_is_killed_by_tls_too() {
    let runtime = Runtime::new().expect("the system gives threads");
    let ours = authority();
    let roots = Roots::of(&ours);
    let port = front(&runtime, certificate(&ours, "localhost", false));
    let options = localhost(port).tls(TlsMode::VerifyIdentity).root_certificate(roots.0.to_string_lossy());
    let mut db = Db { wire: Some(connect(options).expect("it connects")) };
    let statement = rebis_sql::Statement::once("SELECT sleep(600)", rebis_sql::StatementKind::Read);
    let (mut binds, mut sink) = (rebis_core::Binds::new(), rebis_driver::Discard);
    let mut steps = [rebis_driver::Step::new(&statement, &mut binds, &mut sink)];
    {
        let mut future = db.wire().run(&mut steps);
        let pending = std::future::poll_fn(|context| {
            std::task::Poll::Ready(future.as_mut().poll(context).is_pending())
        });
        assert!(block_on(pending));
    }
    assert!(db.heal());
    assert_eq!(db.number("SELECT 40 + 2"), 42);
}
