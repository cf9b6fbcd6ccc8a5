//! A node over SSH: a real OpenSSH server in a small world of its own, whose `pveum`, `pct`, `qm`, `pvesh` and
//! `pveversion` act on the simulated cluster. What a script does there as root, it does to that world's files.

mod answering;
mod files;
mod keys;
mod place;
mod server;

pub use server::Ssh;
