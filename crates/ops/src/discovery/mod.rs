//! Looking at the network, and taking what is found into the inventory.

pub mod discover_subnet;
pub mod discovery_import;
pub mod found_host;
pub mod health_check;
pub mod http_probe;
pub mod recognition;
pub mod tcp_ping;
