//! The client against a simulated cluster of three nodes that decides as a real one does.
#![allow(clippy::unwrap_used, reason = "tests")]

mod acting;
mod cluster;
mod reading;
mod trouble;
