//! What goes wrong on the wire, in its own words.

use std::error::Error;
use std::{fmt, io};

/// An error of the server, or of the way to it.
#[derive(Debug)]
pub(crate) enum Native {
    /// The server refuses a command. The connection goes on.
    Server(Refused),
    /// The way is lost, or what came over it makes no sense.
    Io(io::Error),
    /// TLS cannot be set up, or the other side is not believed.
    Tls(Box<dyn Error + Send + Sync>),
    /// The server has no TLS.
    NoTls,
    /// The server wants a proof of identity that this driver cannot give.
    Proof(String),
}

/// What the server says of a command.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) code: u16,
    pub(crate) state: String,
    pub(crate) message: String,
}

impl Native {
    /// Whether the connection is of no use any more.
    pub(crate) fn is_fatal(&self) -> bool {
        !matches!(self, Native::Server(_))
    }

    /// The code of the server's error.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Native::Server(refused) => Some(refused.code),
            _ => None,
        }
    }
}

impl From<io::Error> for Native {
    #[cold]
    fn from(error: io::Error) -> Self {
        Native::Io(error)
    }
}

impl fmt::Display for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Native::Server(Refused { code, state, message }) if state.is_empty() => {
                write!(f, "ERROR {code}: {message}")
            }
            Native::Server(Refused { code, state, message }) => {
                write!(f, "ERROR {code} ({state}): {message}")
            }
            Native::Io(error) => error.fmt(f),
            Native::Tls(error) => error.fmt(f),
            Native::NoTls => f.write_str("the server does not offer TLS"),
            Native::Proof(name) => write!(f, "the server wants the proof `{name}`"),
        }
    }
}

impl Error for Native {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Native::Io(error) => Some(error),
            Native::Tls(error) => Some(error.as_ref()),
            Native::Server(_) | Native::NoTls | Native::Proof(_) => None,
        }
    }
}
