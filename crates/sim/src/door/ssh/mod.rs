//! A node over SSH: a real OpenSSH server in a small world of its own, whose `pveum`, `pct`, `qm`,
//! `pvesh`, `pveversion`, `vzdump`, `lxc-attach` and `lxc-info` act on the simulated cluster. What a script does there as root,
//! it does to that world's files, and what it runs in a guest runs in that guest's.

mod answer;
mod answering;
mod files;
mod inside;
mod keys;
mod place;
mod processes;
mod server;

pub use inside::Inside;
pub use server::Ssh;
