//! Commands on nodes and in guests. Their text goes through the guard before it may be run; nothing else in labkeeper hands
//! text to a shell.

pub mod execute;
mod judging;
pub mod pct_exec;
pub mod qm_exec;
mod running;
