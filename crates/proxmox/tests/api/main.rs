//! The client against nodes that behave well, badly and not at all, over real TLS on loopback.
#![allow(clippy::unwrap_used, reason = "tests")]

mod answers;
mod bounds;
mod clock;
mod connections;
mod failover;
mod node;
mod pin;
mod secrets;
mod tasks;
mod visits;
