use std::net::IpAddr;

use crate::limit::Network;

/// Who is at the door: where a request comes from, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    pub address: Option<IpAddr>,
    /// Empty when unknown.
    pub user_agent: String,
    /// The request's id; empty when it is none.
    pub request_id: String,
}

impl Visitor {
    /// The address as Better Auth stores it: of IPv6 only the network, and empty when unknown.
    pub fn address_text(&self) -> String {
        self.address.map(|address| Network::of(address).address().to_string()).unwrap_or_default()
    }
}
