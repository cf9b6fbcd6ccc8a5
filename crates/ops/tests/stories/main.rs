//! Stories at the one door: what an operation does to the world, told over a real database.
#![allow(clippy::unwrap_used, reason = "tests")]

mod approvals;
mod audit;
mod audit_mirror;
mod audit_queries;
mod audit_tampering;
mod census_property;
mod cluster_check;
mod describe;
mod discovery;
mod drift;
mod exec;
mod files;
mod health;
mod homelab;
mod inventory;
mod lab;
mod map;
mod memory;
mod mentions;
mod model;
mod proxmox;
mod reconcile;
mod registry;
mod search;
mod shell_lab;
mod town;
mod transfer;
mod transfer_defects;
mod undo;
mod undo_obstacles;
mod work;
