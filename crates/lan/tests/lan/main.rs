//! The network's eyes on a real network: this machine's loopback, and a lab of network namespaces.

mod lab;
mod loopback;
mod probes;
mod servers;
