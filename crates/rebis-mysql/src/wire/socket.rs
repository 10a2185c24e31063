//! Opens sockets: TCP and Unix.

use crate::options::Options;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// What a socket can do, whichever kind it is of.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) type Socket = Box<dyn Stream>;

/// A server that is gone without a word is found in the end.
const SILENCE: Duration = Duration::from_secs(60);

/// Opens a socket to the server, in the open so far.
pub(super) async fn open(options: &Options) -> io::Result<Socket> {
    match &options.socket {
        Some(path) => unix(path).await,
        None => tcp(&options.host, options.port).await,
    }
}

#[cfg(unix)]
async fn unix(path: &str) -> io::Result<Socket> {
    Ok(Box::new(tokio::net::UnixStream::connect(path).await?))
}

#[cfg(not(unix))]
async fn unix(_: &str) -> io::Result<Socket> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no Unix sockets"))
}

/// The first address that answers.
async fn tcp(name: &str, port: u16) -> io::Result<Socket> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in tokio::net::lookup_host((name, port)).await? {
        match dial(address).await {
            Ok(stream) => return Ok(Box::new(stream)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn dial(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(SILENCE))?;
    Ok(stream)
}
