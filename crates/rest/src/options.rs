//! What the REST face is told at start.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;
use tokio_util::sync::CancellationToken;
use tracing::Span;

/// What the REST face is told at start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens. On a loopback address, and with no credential anywhere, the hub is open to this machine.
    pub listen: SocketAddr,
    /// Names by which it may be called beside `localhost` and loopback addresses; without ports.
    pub hosts: Vec<String>,
    /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Ask for a login even where the hub would be open.
    pub require_login: bool,
    /// Ends live streams, so that connections can close.
    pub shutdown: CancellationToken,
    /// Where spans are sent somewhere: hangs that of a request below what its headers say.
    pub follow: Option<fn(&HeaderMap, &Span)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            require_login: false,
            shutdown: CancellationToken::new(),
            follow: None,
        }
    }
}

impl Options {
    pub(crate) fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|net| net.contains(&peer.to_canonical()))
    }
}
