//! Services of systemd, on nodes and in guests.

pub mod service_logs;
pub mod service_restart;
pub mod service_status;
mod state;
