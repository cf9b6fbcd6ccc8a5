//! Ports of the loopback interface for the servers that tests start.

use std::net::TcpListener;

use anyhow::Result;

/// Held together, so that they differ.
pub(super) fn free<const N: usize>() -> Result<[u16; N]> {
    let mut ports = [0; N];
    let mut held = Vec::new();
    for port in &mut ports {
        let free = TcpListener::bind("127.0.0.1:0")?;
        *port = free.local_addr()?.port();
        held.push(free);
    }
    Ok(ports)
}
