//! Addresses of networks, and networks.

use super::array::Element;
use super::{Key, Pending, Value, mismatch};
use crate::{Binds, Cell, Error, Result, SqlType};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An address: a type of its own where the database has one, else text. As text addresses are ordered as texts are.
macro_rules! addresses {
    ($($type:ty, $what:literal, $pending:expr;)*) => {$(
        impl Value for $type {
            type Base = $type;
            fn sql_type() -> SqlType {
                SqlType::Inet
            }
            fn encode(&self, out: &mut Binds) {
                out.push(Cell::Written(&self.to_string()));
            }
            fn decode(cell: Cell<'_>) -> Result<Self> {
                text(cell).and_then(|text| text.parse().ok()).ok_or_else(|| mismatch($what, cell))
            }
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
        impl Pending for $type {
            fn pending() -> Self {
                $pending
            }
        }
        impl Key for $type {}
        impl Element for $type {}
    )*};
}

addresses! {
    IpAddr, "an address (`192.168.0.1`) without a network", IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    Ipv4Addr, "an address of version 4 (`192.168.0.1`)", Ipv4Addr::UNSPECIFIED;
    Ipv6Addr, "an address of version 6 (`fe80::1`)", Ipv6Addr::UNSPECIFIED;
}

fn text(cell: Cell<'_>) -> Option<&str> {
    match cell {
        Cell::Text(bytes) => std::str::from_utf8(bytes).ok(),
        Cell::Written(text) => Some(text),
        _ => None,
    }
}

/// A network: all addresses that begin with the same bits. `CIDR` where the database has it, else text.
///
/// ```
/// use rebis_core::Network;
/// let home: Network = "192.168.0.0/16".parse()?;
/// assert!(home.has("192.168.7.1".parse().unwrap()));
/// assert_eq!(Network::new("10.1.2.3".parse().unwrap(), 8)?.to_string(), "10.0.0.0/8");
/// assert!("10.0.0.0/33".parse::<Network>().is_err());
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    /// The network of an address: so many bits of it.
    ///
    /// # Errors
    /// A conversion error if addresses of its version have fewer bits.
    pub fn new(address: IpAddr, bits: u8) -> Result<Network> {
        let (number, width) = number(address);
        if bits > width {
            return Err(Error::conversion(format!("an address such as this has {width} bits, not {bits}")));
        }
        let kept = number & mask(bits, width);
        let first = match address {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(kept as u32)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(kept)),
        };
        Ok(Network { first, bits })
    }

    /// Its first address.
    pub fn first(self) -> IpAddr {
        self.first
    }

    /// How many bits its addresses have in common.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// Whether an address is in it.
    pub fn has(self, address: IpAddr) -> bool {
        let ((own, width), (other, other_width)) = (number(self.first), number(address));
        width == other_width && own == other & mask(self.bits, width)
    }
}

/// An address as a number, and how many bits such have.
fn number(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

fn mask(bits: u8, width: u8) -> u128 {
    let all = u128::MAX >> (128 - u32::from(width));
    all & u128::MAX.checked_shl(u32::from(width - bits)).unwrap_or(0)
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

/// `10.0.0.0/8`; an address alone is the network of itself.
impl FromStr for Network {
    type Err = Error;
    fn from_str(text: &str) -> Result<Network> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, bits)| (a, Some(bits)));
        let address: Option<IpAddr> = address.parse().ok();
        let all = address.map(|address| number(address).1);
        let bits = bits.map_or(all, |bits| bits.parse().ok());
        match (address, bits) {
            (Some(address), Some(bits)) => Network::new(address, bits),
            _ => Err(Error::conversion("expected a network (`10.0.0.0/8`)")),
        }
    }
}

impl Value for Network {
    type Base = Network;
    fn sql_type() -> SqlType {
        SqlType::Cidr
    }
    fn encode(&self, out: &mut Binds) {
        out.push(Cell::Written(&self.to_string()));
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        text(cell).ok_or_else(|| mismatch("a network (`10.0.0.0/8`)", cell))?.parse()
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Key for Network {}
impl Element for Network {}

impl Pending for Network {
    /// All addresses of version 4.
    fn pending() -> Self {
        Network { first: IpAddr::V4(Ipv4Addr::UNSPECIFIED), bits: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Datum;

    #[test]
    fn networks() {
        for (text, canonical) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("1.2.3.4", "1.2.3.4/32"),
            ("fe80::1/10", "fe80::/10"),
            ("::/0", "::/0"),
            ("::1", "::1/128"),
        ] {
            let network: Network = text.parse().expect(text);
            assert_eq!(network.to_string(), canonical);
            assert!(network.has(network.first()));
            assert_eq!(Network::decode(Datum::of(&network).cell()).expect(text), network);
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0.0/x", "::/129", "x/8", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let v4: Network = "0.0.0.0/0".parse().expect("a network");
        assert!(!v4.has("::1".parse().expect("an address")));
    }

    #[test]
    fn an_address_is_no_network() {
        assert!(IpAddr::decode(Cell::Text(b"10.0.0.0/8")).is_err());
        assert!(Ipv4Addr::decode(Cell::Text(b"::1")).is_err());
        assert_eq!(IpAddr::decode(Cell::Text(b"::1")).ok(), Some(IpAddr::V6(Ipv6Addr::LOCALHOST)));
    }
}
