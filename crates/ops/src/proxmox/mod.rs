//! Proxmox VE at observe and operate: everything the clusters' own API can do with the token that was given.

mod census;
pub mod guest_list;
pub mod guest_restart;
pub mod guest_start;
pub mod guest_stop;
mod power;
pub mod qm_agent_ping;
pub mod reconcile;
pub mod snapshot_create;
pub mod snapshot_delete;
pub mod snapshot_list;
pub mod snapshot_rollback;
mod snapshots;
mod task;
