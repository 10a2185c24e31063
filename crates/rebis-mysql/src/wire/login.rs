//! The first packets: what either side can do, TLS, and the proof of who we are.

use super::native::Native;
use super::packet::{Parts, garbled, refused};
use super::socket::Socket;
use super::{Wire, tls};
use crate::options::{Options, TlsMode};
use mysql_common::constants::CapabilityFlags as Flags;
use mysql_common::crypto::encrypt;
use mysql_common::scramble::{scramble_native, scramble_sha256};

/// `utf8mb4`, in an order that every server knows; the settings of the connection name it again.
const CHARSET: u8 = 45;
/// The longest packet that is taken.
const LARGEST: u32 = 1 << 30;
/// MariaDB: the columns of a prepared statement are told again only when they have changed.
const CACHES_COLUMNS: u32 = 1 << 4;
/// A server may ask for one proof after another, but not for ever.
const PROOFS: usize = 8;

const NATIVE: &[u8] = b"mysql_native_password";
const SHA2: &[u8] = b"caching_sha2_password";

/// What this side can do.
const OURS: Flags = Flags::CLIENT_LONG_PASSWORD
    .union(Flags::CLIENT_FOUND_ROWS)
    .union(Flags::CLIENT_LONG_FLAG)
    .union(Flags::CLIENT_PROTOCOL_41)
    .union(Flags::CLIENT_TRANSACTIONS)
    .union(Flags::CLIENT_SECURE_CONNECTION)
    .union(Flags::CLIENT_MULTI_STATEMENTS)
    .union(Flags::CLIENT_MULTI_RESULTS)
    .union(Flags::CLIENT_PS_MULTI_RESULTS)
    .union(Flags::CLIENT_PLUGIN_AUTH)
    .union(Flags::CLIENT_DEPRECATE_EOF);

/// What the server says first.
struct Greeting {
    id: u32,
    flags: Flags,
    /// Of MariaDB: what else it can do.
    more: u32,
    nonce: Vec<u8>,
    proof: Vec<u8>,
}

impl Greeting {
    fn read(packet: &[u8]) -> Result<Greeting, Native> {
        let mut parts = Parts(packet);
        match parts.u8() {
            10 => {}
            0xFF => return Err(refused(parts)),
            _ => return Err(garbled("the server greets in another protocol")),
        }
        parts.ended();
        let id = parts.u32();
        let mut nonce = parts.bytes(8).to_vec();
        parts.u8();
        let low = u32::from(parts.u16());
        parts.bytes(3);
        let flags = Flags::from_bits_truncate(low | u32::from(parts.u16()) << 16);
        let length = usize::from(parts.u8());
        parts.bytes(6);
        // MySQL sends zeros here. MariaDB says so by a flag that it leaves out.
        let more = parts.u32();
        let more = if flags.contains(Flags::CLIENT_LONG_PASSWORD) { 0 } else { more };
        nonce.extend_from_slice(parts.bytes(length.saturating_sub(8).max(13)));
        nonce.resize(20, 0);
        Ok(Greeting { id, flags, more, nonce, proof: parts.ended().to_vec() })
    }
}

/// Logs in over a socket.
pub(super) async fn log_in(socket: Socket, options: &Options) -> Result<Wire, Native> {
    let mut wire = Wire::new(socket);
    let length = wire.packet().await?;
    let Greeting { id, flags, more, nonce, proof } = Greeting::read(wire.payload(length))?;
    wire.advance(length);
    let mut ours = OURS;
    ours.set(Flags::CLIENT_CONNECT_WITH_DB, !options.database.is_empty());
    ours &= flags;
    wire.id = id;
    wire.caches_columns = more & CACHES_COLUMNS != 0;
    wire.ends_old = !ours.contains(Flags::CLIENT_DEPRECATE_EOF);
    let mode = options.tls_mode();
    if mode != TlsMode::Disabled {
        if !flags.contains(Flags::CLIENT_SSL) {
            return Err(Native::NoTls);
        }
        // What comes before TLS must not be taken for what comes through it.
        if !wire.input.is_empty() {
            return Err(garbled("the server goes on before it is asked"));
        }
        ours |= Flags::CLIENT_SSL;
        wire.say(&[&opening(ours, more)]).await?;
        let socket = std::mem::replace(&mut wire.socket, Box::new(tokio::io::empty()));
        wire.socket = tls::secure(socket, mode, options).await?;
    }
    let proof = if proof == SHA2 { SHA2 } else { NATIVE };
    let password = options.password.as_ref().map_or("", |secret| secret.0.as_str());
    let first = answer(proof, password, &nonce)?;
    let mut login = opening(ours, more);
    login.extend_from_slice(options.user.as_bytes());
    login.push(0);
    // No proof is longer than 32 bytes.
    login.push(first.len() as u8);
    login.extend_from_slice(&first);
    if ours.contains(Flags::CLIENT_CONNECT_WITH_DB) {
        login.extend_from_slice(options.database.as_bytes());
        login.push(0);
    }
    login.extend_from_slice(proof);
    login.push(0);
    wire.say(&[&login]).await?;
    let is_private = mode != TlsMode::Disabled || options.socket.is_some();
    prove(&mut wire, password, (proof.to_vec(), nonce), is_private).await?;
    Ok(wire)
}

/// Gives the proofs that the server asks for, until it is content.
async fn prove(
    wire: &mut Wire,
    password: &str,
    (mut proof, mut nonce): (Vec<u8>, Vec<u8>),
    is_private: bool,
) -> Result<(), Native> {
    for _ in 0..PROOFS {
        let length = wire.packet().await?;
        let packet = wire.payload(length).to_vec();
        wire.advance(length);
        match packet.split_first() {
            Some((0x00, _)) => return Ok(()),
            Some((0xFF, rest)) => return Err(refused(Parts(rest))),
            Some((0xFE, [])) => return Err(Native::Proof("mysql_old_password".to_owned())),
            Some((0xFE, rest)) => {
                let mut parts = Parts(rest);
                proof = parts.ended().to_vec();
                nonce = parts.0.strip_suffix(&[0]).unwrap_or(parts.0).to_vec();
                let answer = answer(&proof, password, &nonce)?;
                wire.say(&[&answer]).await?;
            }
            // The server knows the password already.
            Some((0x01, [3])) if proof == SHA2 => {}
            Some((0x01, [4])) if proof == SHA2 => whole(wire, password, &nonce, is_private).await?,
            _ => return Err(garbled("the server asks for a proof in an unknown way")),
        }
    }
    Err(garbled("the server asks for one proof after another"))
}

/// What either packet of ours begins with.
fn opening(flags: Flags, more: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    // MariaDB reads what else we can do where this flag is left out.
    let flags = if more == 0 { flags } else { flags - Flags::CLIENT_LONG_PASSWORD };
    out.extend_from_slice(&flags.bits().to_le_bytes());
    out.extend_from_slice(&LARGEST.to_le_bytes());
    out.push(CHARSET);
    out.extend_from_slice(&[0; 19]);
    out.extend_from_slice(&(more & CACHES_COLUMNS).to_le_bytes());
    out
}

/// The answer to a proof that is asked for: none for an empty password.
fn answer(proof: &[u8], password: &str, nonce: &[u8]) -> Result<Vec<u8>, Native> {
    let password = password.as_bytes();
    match proof {
        NATIVE => Ok(scramble_native(nonce, password).map_or_else(Vec::new, |answer| answer.to_vec())),
        SHA2 => Ok(scramble_sha256(nonce, password).map_or_else(Vec::new, |answer| answer.to_vec())),
        other => Err(Native::Proof(String::from_utf8_lossy(other).into_owned())),
    }
}

/// Sends the password itself: where nobody can listen as it is, else encrypted with the server's key.
async fn whole(wire: &mut Wire, password: &str, nonce: &[u8], is_private: bool) -> Result<(), Native> {
    let mut text = password.as_bytes().to_vec();
    text.push(0);
    if is_private {
        return wire.say(&[&text]).await;
    }
    wire.say(&[&[2]]).await?;
    let length = wire.packet().await?;
    let key = wire.payload(length).get(1..).unwrap_or_default().to_vec();
    wire.advance(length);
    text.iter_mut().zip(nonce.iter().cycle()).for_each(|(byte, other)| *byte ^= other);
    // In a task of its own: what is no key makes the library panic.
    let encrypted = tokio::spawn(async move { encrypt(&text, &key) }).await;
    let encrypted = encrypted.map_err(|_| garbled("the server sends no key to encrypt the password with"))?;
    wire.say(&[&encrypted]).await
}

#[cfg(test)]
mod tests {
    use super::super::packet::{HEAD, length, put};
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

    #[test]
    fn greetings() {
        let mut mariadb = b"\x0a5.5.5-10.11\0\x07\0\0\0abcdefgh\0".to_vec();
        mariadb.extend_from_slice(b"\xfe\xf7\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\x1d\0\0\0ijklmnopqrst\0");
        mariadb.extend_from_slice(b"mysql_native_password\0");
        let greeting = Greeting::read(&mariadb).expect("it is one");
        assert_eq!((greeting.id, greeting.more & CACHES_COLUMNS), (7, CACHES_COLUMNS));
        assert_eq!((&greeting.nonce[..], &greeting.proof[..]), (&b"abcdefghijklmnopqrst"[..], NATIVE));
        assert!(greeting.flags.contains(Flags::CLIENT_DEPRECATE_EOF | Flags::CLIENT_PLUGIN_AUTH));
        let full = Greeting::read(b"\xff\x10\x04Too many connections").err().expect("it is none");
        assert_eq!(full.code(), Some(1040));
        assert!(Greeting::read(b"").is_err() && Greeting::read(b"SSH-2.0").is_err());
        // What is cut short is no reason to panic.
        (1..mariadb.len()).for_each(|end| drop(Greeting::read(&mariadb[..end])));
    }

    /// What a server says and hears, packet by packet.
    struct Server(DuplexStream, u8);

    impl Server {
        async fn says(&mut self, packet: &[u8]) {
            let mut out = Vec::new();
            put(&mut out, &[packet]);
            out[3] = self.1;
            self.0.write_all(&out).await.expect("somebody listens");
        }

        async fn hears(&mut self) -> Vec<u8> {
            let mut head = [0; HEAD];
            self.0.read_exact(&mut head).await.expect("somebody speaks");
            assert_eq!(head[3], self.1 + 1, "the number follows");
            self.1 += 2;
            let mut packet = vec![0; length(&head)];
            self.0.read_exact(&mut packet).await.expect("somebody speaks");
            packet
        }
    }

    const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArG29wcwyyWKEseOwzGBc
c+31NnBFfBqavjga8IkmZUFgGCtgICN+Ukb1izEP7hjmFkvvyl2R2OyJ8JGoaaSa
Xr/FDM5I6CYM9Kucu4pgkTvA2f7jMZKLNt4ehwIxTM7PmurwYmUEddo9yj9Abw3+
4anLQszh5HPdx2JLd9NJH+Rr1evQK/QPtQ9h6iiXkKk9LNUhjSFPYT4L09htPEij
lMU+Zhq0IdG5hyls3OCdEpiFeFtCwoSr1BJy8dzpXqgz8MV/a6OvNv+OK0jy+cs2
ps+BTsI6yZ5vlRp9A+r5KBgkZAhGfFenMBv7sCwPsTx7D4RZZ9d0fI2Twz+S/mwK
UQIDAQAB
-----END PUBLIC KEY-----";

    /// As MySQL 8 greets.
    fn greeting() -> Vec<u8> {
        let mut greeting = b"\x0a8.0.36\0\x07\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15".to_vec();
        greeting.extend_from_slice(&[0; 10]);
        greeting.extend_from_slice(b"ijklmnopqrst\0caching_sha2_password\0");
        greeting
    }

    /// Logs in at a server that greets as MySQL 8 does, and then does as it is told here.
    fn log_in_at<F: Future<Output = ()>>(serve: impl FnOnce(Server) -> F) -> Result<Wire, Native> {
        let (ours, theirs) = tokio::io::duplex(4096);
        let options = Options::new("localhost", "shop").user("alice").password("s3cret");
        let greets = async {
            let mut server = Server(theirs, 0);
            server.says(&greeting()).await;
            let login = server.hears().await;
            assert_eq!(login[4..9], [0, 0, 0, 0x40, CHARSET]);
            let mut proof = vec![32];
            proof.extend(scramble_sha256(b"abcdefghijklmnopqrst", b"s3cret").expect("a password"));
            let expected = [&b"alice\0"[..], &proof, b"shop\0caching_sha2_password\0"].concat();
            assert_eq!(login[32..], expected);
            serve(server).await;
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async { tokio::join!(log_in(Box::new(ours), &options), greets).0 })
    }

    #[test]
    fn a_password_that_the_server_does_not_remember_goes_encrypted() {
        let wire = log_in_at(async |mut server| {
            server.says(&[1, 4]).await;
            assert_eq!(server.hears().await, [2]);
            server.says(&[b"\x01", KEY.as_bytes()].concat()).await;
            assert_eq!(server.hears().await.len(), 256);
            server.says(&[0; 7]).await;
        });
        assert_eq!(
            wire.ok().map(|wire| (wire.id, wire.caches_columns, wire.ends_old)),
            Some((7, false, false))
        );
        let no_key = log_in_at(async |mut server| {
            server.says(&[1, 4]).await;
            server.hears().await;
            server.says(b"\x01no key").await;
        });
        assert!(matches!(no_key, Err(Native::Io(_))));
    }

    #[test]
    fn servers_may_ask_for_another_proof() {
        let remembered = log_in_at(async |mut server| {
            server.says(&[1, 3]).await;
            server.1 += 1;
            server.says(&[0; 7]).await;
        });
        assert!(remembered.is_ok());
        let switched = log_in_at(async |mut server| {
            server.says(b"\xfemysql_native_password\0abcdefghijABCDEFGHIJ\0").await;
            let expected = scramble_native(b"abcdefghijABCDEFGHIJ", b"s3cret").expect("a password");
            assert_eq!(server.hears().await, expected);
            server.says(&[0; 7]).await;
        });
        assert!(switched.is_ok());
        let unknown = log_in_at(async |mut server| server.says(b"\xfeclient_ed25519\0nonce").await);
        assert!(matches!(unknown, Err(Native::Proof(name)) if name == "client_ed25519"));
        let refused = log_in_at(async |mut server| server.says(b"\xff\x15\x04#28000Access denied").await);
        assert_eq!(refused.err().and_then(|error| error.code()), Some(1045));
    }

    #[test]
    fn what_is_said_before_tls_is_not_believed() {
        let (ours, mut theirs) = tokio::io::duplex(4096);
        let options = Options::new("localhost", "shop").user("alice").tls(TlsMode::Required);
        let mut said = Vec::new();
        put(&mut said, &[&greeting()]);
        put(&mut said, &[&[0; 7]]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let refused = runtime.block_on(async {
            theirs.write_all(&said).await.expect("somebody listens");
            log_in(Box::new(ours), &options).await.err()
        });
        assert!(
            matches!(refused, Some(Native::Io(error)) if error.to_string().contains("before it is asked"))
        );
    }

    #[test]
    fn proofs() {
        assert_eq!(answer(NATIVE, "", b"n").ok(), Some(Vec::new()));
        assert_eq!(answer(NATIVE, "p", b"n").ok().map(|answer| answer.len()), Some(20));
        assert_eq!(answer(SHA2, "p", b"n").ok().map(|answer| answer.len()), Some(32));
        assert!(matches!(answer(b"dialog", "p", b"n"), Err(Native::Proof(name)) if name == "dialog"));
    }
}
