//! What labkeeper can do: one file per operation, [`all`](crate::all::all) lists them, and
//! [`Keeper::call`](crate::keeper::Keeper::call) is the one door to them.
//!
//! Invariant: this crate sees the network and the model only through `labkeeper_core::ports`.

pub mod access;
pub mod all;
pub mod approval;
mod assembly;
mod at_work;
pub mod cache;
mod call;
mod clusters;
pub mod cx;
mod desk;
pub mod discovery;
pub mod done;
pub mod exec;
pub mod facts;
pub mod files;
pub mod history;
mod house;
pub mod hub;
pub mod inventory;
pub mod jobs;
pub mod journal;
pub mod keeper;
pub mod map;
pub mod memory;
mod meta;
pub mod operation;
pub mod outputs;
mod plan;
pub mod progress;
pub mod proxmox;
pub mod relay;
mod rendered;
mod route;
mod safety;
pub mod schema;
pub mod search;
pub mod services;
mod sessions;
mod shells;
mod site;
mod span;
mod stages;
mod telling;
pub mod transfer;
pub mod views;
pub mod work;

pub use labkeeper_redact::ModelValue;
