use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};

use anyhow::{Result, anyhow};

use crate::config::Address;

/// Opens every address. All but the first are left out on machines that do not have them.
pub(super) fn listen(address: Address) -> Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in address.to_listen_on() {
        match TcpListener::bind(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) if !listeners.is_empty() && error.kind() != ErrorKind::AddrInUse => {}
            Err(error) => return Err(explain(error, address)),
        }
    }
    Ok(listeners)
}

fn explain(error: io::Error, address: SocketAddr) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("{address} is in use by another program: stop that one, or set PORT to another port")
        }
        _ => anyhow::Error::from(error).context(format!("cannot listen on {address}; HOST and PORT say where")),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    #[test]
    fn a_port_in_use_is_one_clear_line() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        let error = listen(Address { host: None, port }).unwrap_err();
        let expected =
            format!("127.0.0.1:{port} is in use by another program: stop that one, or set PORT to another port");
        assert_eq!(format!("{error:#}"), expected);
    }

    #[test]
    fn an_address_that_the_machine_does_not_have_is_an_error_if_it_was_asked_for() {
        let host = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
        assert!(listen(Address { host, port: 8000 }).is_err());
    }
}
