//! A homelab in memory: one world of nodes and guests, and a Proxmox VE API over it that enforces RBAC as the real
//! one does, with the command line that a node has. Used by tests and by the demo; it never touches the machine it runs
//! on.

pub mod access;
pub mod access_api;
mod answer;
mod api;
mod boolean;
pub mod door;
pub mod permission;
pub mod shell;
mod tier_token;
pub mod world;

pub use answer::{Answer, Ask, Method, Refusal, Reply};
pub use api::Cluster;
pub use tier_token::tier_token;
