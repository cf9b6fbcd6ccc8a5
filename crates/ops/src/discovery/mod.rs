//! Looking at the network, and taking what is found into the inventory.

pub mod discover_subnet;
pub mod discovery_import;
pub mod found_host;
pub mod health_check;
pub mod host_input;
pub mod http_probe;
pub(crate) mod known_ports;
pub(crate) mod new_hosts;
pub mod reachability_history;
pub mod reachability_list;
pub mod recognition;
pub(crate) mod recorded;
pub mod review;
pub mod scan_cancel;
pub mod scan_list;
pub(crate) mod scan_request;
pub mod scan_show;
pub mod scan_start;
pub mod scan_view;
mod shown_certificates;
pub mod taking_in;
pub mod tcp_ping;
pub(crate) mod tidings;
pub mod watch_settings;
pub(crate) mod watching;
