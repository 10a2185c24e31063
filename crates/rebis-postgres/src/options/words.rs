//! Options that are one word of a few.

use super::wrong;
use rebis_core::{Error, ErrorKind, Result};

/// How the way to the server is protected. There is no mode that tries, and goes on in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all: whoever is on the way reads and changes what he likes. The default for this machine.
    Disable,
    /// Nobody can read what is sent, but whoever answers may be anybody.
    Require,
    /// The certificate is signed by an authority that is trusted, for whichever host.
    VerifyCa,
    /// The certificate is signed by an authority that is trusted, and made out for this host.
    VerifyFull,
}

impl TlsMode {
    pub(super) fn parse(word: &str) -> Result<TlsMode> {
        match word {
            "disable" => Ok(TlsMode::Disable),
            "require" => Ok(TlsMode::Require),
            "verify-ca" => Ok(TlsMode::VerifyCa),
            "verify-full" => Ok(TlsMode::VerifyFull),
            "prefer" | "allow" => Err(Error::new(
                ErrorKind::Configuration,
                format!("`sslmode={word}` protects nothing: whoever is on the way can switch it off unseen"),
            )
            .with_help("write `sslmode=verify-full`; or `sslmode=disable`, which says what it does")),
            _ => Err(wrong("sslmode", word, &["disable", "require", "verify-ca", "verify-full"])),
        }
    }
}

/// Which of several servers will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetSession {
    /// The first that answers.
    Any,
    /// One that takes writes.
    ReadWrite,
    /// One that takes none.
    ReadOnly,
    /// The one that the others follow.
    Primary,
    /// One that follows another.
    Standby,
}

impl TargetSession {
    pub(super) fn parse(word: &str) -> Result<TargetSession> {
        match word {
            "any" => Ok(TargetSession::Any),
            "read-write" => Ok(TargetSession::ReadWrite),
            "read-only" => Ok(TargetSession::ReadOnly),
            "primary" => Ok(TargetSession::Primary),
            "standby" => Ok(TargetSession::Standby),
            _ => {
                let words = ["any", "read-write", "read-only", "primary", "standby"];
                Err(wrong("target_session_attrs", word, &words))
            }
        }
    }

    /// What to ask the server, what it must answer, and how to call it if it does not.
    pub(crate) fn question(self) -> Option<(&'static str, &'static str, &'static str)> {
        const WRITES: &str = "SHOW transaction_read_only";
        const FOLLOWS: &str = "SELECT pg_is_in_recovery()";
        match self {
            TargetSession::Any => None,
            TargetSession::ReadWrite => Some((WRITES, "off", "takes no writes")),
            TargetSession::ReadOnly => Some((WRITES, "on", "takes writes")),
            TargetSession::Primary => Some((FOLLOWS, "f", "follows another")),
            TargetSession::Standby => Some((FOLLOWS, "t", "follows no other")),
        }
    }
}

/// Whether statements are kept prepared at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepare {
    /// Each statement that is worth it, under a name.
    Named,
    /// Never under a name: for proxies that give each transaction another connection.
    Unnamed,
    /// The same as `Unnamed`. Parameters always travel beside the text, never in it.
    None,
}

impl Prepare {
    pub(super) fn parse(word: &str) -> Result<Prepare> {
        match word {
            "named" => Ok(Prepare::Named),
            "unnamed" => Ok(Prepare::Unnamed),
            "none" => Ok(Prepare::None),
            _ => Err(wrong("prepare", word, &["named", "unnamed", "none"])),
        }
    }
}

/// `on` and `off`, and what else says the same.
pub(super) fn switch(name: &str, word: &str) -> Result<bool> {
    match word.to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err(wrong(name, word, &["on", "off"])),
    }
}
