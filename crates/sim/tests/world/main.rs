//! The simulated lab at work, in process: tasks take their time, locks hold, backups and snapshots do what they say, and
//! who may only look changes nothing.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod backups;
mod lab;
mod parameters;
mod restores;
mod rights;
mod snapshots;
mod tasks;
mod whole;
