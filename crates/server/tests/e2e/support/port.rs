use std::net::{Ipv4Addr, TcpListener};

/// A port that was free on both loopbacks a moment ago.
pub(crate) fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if TcpListener::bind(("::1", port)).is_ok() || TcpListener::bind(("::1", 0)).is_err() {
            return port;
        }
    }
}
