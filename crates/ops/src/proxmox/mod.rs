//! Proxmox VE at observe and operate: everything the clusters' own API can do with the token that was given.

mod backups;
mod census;
pub mod cluster_check;
pub mod describe_guest;
pub mod describe_homelab;
mod eye;
pub mod guest_list;
pub mod guest_restart;
pub mod guest_start;
pub mod guest_stop;
pub(crate) mod health;
pub mod list_backups;
pub mod node_list;
mod power;
pub mod qm_agent_ping;
pub mod reconcile;
pub mod snapshot_create;
pub mod snapshot_delete;
pub mod snapshot_list;
pub mod snapshot_rollback;
mod snapshots;
mod task;
