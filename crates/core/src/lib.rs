//! The homelab in the head: types, rules and decisions.
//!
//! Invariant: nothing here does I/O, reads a clock or draws a random number; time and ids are parameters.

pub mod actor;
pub mod approval;
pub mod audit;
pub mod budget;
pub mod change;
pub mod checkup;
pub mod describe;
pub mod discovery;
pub mod fault;
pub mod file;
pub mod health;
pub mod history;
pub mod icon;
pub mod inventory;
pub mod list_view;
pub mod nearest;
pub mod ports;
pub mod principal;
pub mod provision;
pub mod pve;
pub mod rank;
pub mod reconcile;
pub mod service;
pub mod shell;
pub mod stamp;
pub mod tier;
pub mod transfer;
pub mod vectors;
