use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limit::Network;

/// A network: an address, and how many of its leading bits are those of all its addresses (RFC 4632).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl Cidr {
    /// An address, or a network such as `192.0.2.0/24`; behind the leading bits it must be zero.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse().ok()?, Some(number(bits)?)),
            None => (text.parse::<IpAddr>().ok()?, None),
        };
        // An IPv4 address in IPv6's clothes is the address that our sockets see.
        let canonical = match (address, bits) {
            (IpAddr::V6(v6), Some(bits)) if bits >= 96 => {
                v6.to_ipv4_mapped().map_or(Self { address, bits }, |v4| Self { address: v4.into(), bits: bits - 96 })
            }
            (address, Some(bits)) => Self { address, bits },
            (address, None) => Self::host(address.to_canonical()),
        };
        (canonical.bits <= width(canonical.address) && canonical.of(canonical.address) == Some(canonical.address))
            .then_some(canonical)
    }

    /// The network of one customer.
    pub fn of_customer(network: Network) -> Self {
        let address = network.address();
        Self { address, bits: if address.is_ipv6() { 64 } else { 32 } }
    }

    /// An address alone.
    pub fn host(address: IpAddr) -> Self {
        Self { address, bits: width(address) }
    }

    pub fn bits(self) -> u8 {
        self.bits
    }

    pub fn is_ipv6(self) -> bool {
        self.address.is_ipv6()
    }

    pub fn contains(self, address: IpAddr) -> bool {
        self.of(address.to_canonical()) == Some(self.address)
    }

    /// The network with as many bits that `address` is in.
    pub(super) fn around(address: IpAddr, bits: u8) -> Self {
        Self { address: masked(address, bits), bits }
    }

    /// The leading bits of an address of the same family.
    fn of(self, address: IpAddr) -> Option<IpAddr> {
        (address.is_ipv6() == self.address.is_ipv6()).then(|| masked(address, self.bits))
    }
}

/// As people write it: a single address without its bits.
impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bits == width(self.address) { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.bits) }
    }
}

fn number(text: &str) -> Option<u8> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv6() { 128 } else { 32 }
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        Cidr::parse(text).unwrap()
    }

    #[test]
    fn networks_are_written_as_they_are_read() {
        for text in ["192.0.2.7", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::1", "2001:db8::/32", "::/0"] {
            assert_eq!(cidr(text).to_string(), text);
        }
        assert_eq!(cidr("192.0.2.7/32").to_string(), "192.0.2.7");
        assert_eq!(cidr("::ffff:192.0.2.7").to_string(), "192.0.2.7");
        assert_eq!(cidr("::ffff:192.0.2.0/120").to_string(), "192.0.2.0/24");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "192.0.2",
            "192.0.2.1/24",
            "192.0.2.0/33",
            "192.0.2.0/",
            "192.0.2.0/+8",
            "192.0.2.0/024",
            "2001:db8::/129",
            "2001:db8::1/64",
            "192.0.2.0/24/8",
            " 192.0.2.1",
            "localhost",
            "192.0.2.0/255.255.255.0",
        ] {
            assert_eq!(Cidr::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_network_contains_the_addresses_with_its_leading_bits() {
        let contains = |network: &str, address: &str| cidr(network).contains(address.parse().unwrap());
        assert!(contains("192.0.2.0/24", "192.0.2.255"));
        assert!(!contains("192.0.2.0/24", "192.0.3.0"));
        assert!(contains("192.0.2.0/24", "::ffff:192.0.2.9"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(contains("0.0.0.0/0", "203.0.113.1") && !contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("::/0", "2001:db8::1") && !contains("::/0", "203.0.113.1"));
    }

    #[test]
    fn a_customer_has_one_ipv4_address_or_64_bits_of_ipv6() {
        let of = |address: &str| Cidr::of_customer(Network::of(address.parse().unwrap())).to_string();
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    }
}
