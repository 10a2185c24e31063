//! Opens sockets: TCP and Unix, plain and by TLS.

use super::tls;
use crate::error::cannot_connect;
use crate::options::{Host, Options, TlsMode};
use bytes::BytesMut;
use postgres_protocol::message::frontend;
use rebis_core::{Error, ErrorKind, Result};
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a socket can do, whichever kind it is of.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) type Socket = Box<dyn Stream>;

/// Opens a socket to a host, by TLS if the options say so for it.
pub(crate) async fn open(options: &Options, host: &Host) -> Result<Socket> {
    let named = |e: io::Error| cannot_connect(&host.to_string(), e);
    match host {
        Host::Unix(..) => unix(host).await.map_err(named),
        Host::Tcp(name, port) => {
            let stream = tcp(name, *port, options.silence).await.map_err(named)?;
            match options.tls_for(host) {
                TlsMode::Disable => Ok(Box::new(stream)),
                mode => secure(stream, mode, options, name, host).await,
            }
        }
    }
}

#[cfg(unix)]
async fn unix(host: &Host) -> io::Result<Socket> {
    let path = host.socket_path().unwrap_or_default();
    Ok(Box::new(tokio::net::UnixStream::connect(path).await?))
}

#[cfg(not(unix))]
async fn unix(_: &Host) -> io::Result<Socket> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no Unix sockets"))
}

/// The first address that answers.
async fn tcp(name: &str, port: u16, silence: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in tokio::net::lookup_host((name, port)).await? {
        match dial(address, silence).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn dial(address: SocketAddr, silence: Duration) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    notice_silence(SockRef::from(&stream), silence)?;
    Ok(stream)
}

/// A host that has gone without a word is noticed after so long, whether an answer is waited for or nothing is said.
/// What the system cannot do is left to its own times.
fn notice_silence(socket: SockRef<'_>, silence: Duration) -> io::Result<()> {
    if silence.is_zero() {
        return Ok(());
    }
    let keepalive = TcpKeepalive::new().with_time(silence / 2);
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple", windows))]
    let keepalive = keepalive.with_interval((silence / 10).max(Duration::from_secs(1)));
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    let keepalive = keepalive.with_retries(5);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket.set_tcp_user_timeout(Some(silence))?;
    Ok(())
}

/// Asks for TLS. A server that has none is an error: nothing is said in the clear instead.
async fn secure(
    mut stream: TcpStream,
    mode: TlsMode,
    options: &Options,
    name: &str,
    host: &Host,
) -> Result<Socket> {
    let named = |e: io::Error| cannot_connect(&host.to_string(), e);
    let mut request = BytesMut::new();
    frontend::ssl_request(&mut request);
    stream.write_all(&request).await.map_err(named)?;
    // One byte and no more: what follows must be the other side's TLS.
    match stream.read_u8().await.map_err(named)? {
        b'S' => {}
        _ => return Err(no_tls(host)),
    }
    let connector = tls::connector(mode, options)?;
    let domain = tls::server_name(name)?;
    let stream = connector.connect(domain, stream).await.map_err(|e| refused(host, e))?;
    Ok(Box::new(stream))
}

#[cold]
fn no_tls(host: &Host) -> Error {
    Error::new(ErrorKind::CannotConnect, format!("the server at `{host}` does not speak TLS"))
        .with_help("switch `ssl` on at the server; `sslmode=disable` sends everything, also the password, readable for all on the way")
}

#[cold]
fn refused(host: &Host, error: io::Error) -> Error {
    Error::new(ErrorKind::CannotConnect, format!("TLS with the server at `{host}` failed"))
        .with_help("the certificate must be signed by an authority that is trusted (name it by `sslrootcert=`), be valid today, and be made out for this host; see `source()`")
        .with_source(error)
}
