//! Nodes over SSH, through a real OpenSSH server in a place of its own.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::print_stderr, reason = "a skipped test must say so")]

mod connection;
mod door;
mod ending;
mod files;
mod guests;
mod hostile;
mod machines;
mod relay;
mod running;
mod steps;
mod trust;
mod writing;
