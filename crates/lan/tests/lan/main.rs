//! The network's eyes on a real network: this machine's loopback, and a lab of network namespaces.

mod lab;
mod loopback;
mod network;
#[allow(clippy::unwrap_used, reason = "tests")]
mod probes;
mod servers;
