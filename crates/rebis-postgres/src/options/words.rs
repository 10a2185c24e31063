//! Options that are one word of a few.

use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::options::UrlOption;

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
    pub(super) fn parse(option: UrlOption<'_>) -> Result<TlsMode> {
        match option.value {
            "prefer" | "allow" => Err(Error::new(
                ErrorKind::Configuration,
                format!(
                    "`sslmode={}` protects nothing: whoever is on the way can switch it off",
                    option.value
                ),
            )
            .with_help("write `sslmode=verify-full`; or `sslmode=disable`, which says what it does")),
            _ => option.one_of(&[
                ("disable", TlsMode::Disable),
                ("require", TlsMode::Require),
                ("verify-ca", TlsMode::VerifyCa),
                ("verify-full", TlsMode::VerifyFull),
            ]),
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
    pub(super) const WORDS: &[(&str, TargetSession)] = &[
        ("any", TargetSession::Any),
        ("read-write", TargetSession::ReadWrite),
        ("read-only", TargetSession::ReadOnly),
        ("primary", TargetSession::Primary),
        ("standby", TargetSession::Standby),
    ];

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
    pub(super) const WORDS: &[(&str, Prepare)] =
        &[("named", Prepare::Named), ("unnamed", Prepare::Unnamed), ("none", Prepare::None)];
}
