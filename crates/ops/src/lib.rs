//! What labkeeper can do: one file per operation, [`all`](crate::all::all) lists them, and
//! [`Keeper::call`](crate::keeper::Keeper::call) is the one door to them.
//!
//! Invariant: this crate sees the network and the model only through `labkeeper_core::ports`.

pub mod all;
pub mod cache;
pub mod cx;
pub mod facts;
pub mod hub;
pub mod inventory;
pub mod journal;
pub mod keeper;
pub mod map;
pub mod operation;
mod schema;
mod stages;
pub mod transfer;
