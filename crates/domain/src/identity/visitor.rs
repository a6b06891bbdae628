use std::net::IpAddr;

use super::session::Session;
use crate::id::UserId;
use crate::limit::Network;

/// Who is at the door: where a request comes from, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    pub address: Option<IpAddr>,
    /// Empty when unknown.
    pub user_agent: String,
    /// The request's id; empty when it is none.
    pub request_id: String,
    /// The administrator who acts as the user that is signed in.
    pub impersonator: Option<UserId>,
}

impl Visitor {
    /// The same, in this session.
    #[must_use]
    pub fn in_session(&self, session: &Session) -> Self {
        Self { impersonator: session.impersonated_by.clone(), ..self.clone() }
    }

    /// The address as Better Auth stores it: of IPv6 only the network, and empty when unknown.
    pub fn address_text(&self) -> String {
        self.address.map(|address| Network::of(address).address().to_string()).unwrap_or_default()
    }
}
