//! The command line of a node, for `root@pam` who sits at it: `pveum`, `pct`, `qm`, `pvesh`, `pveversion`. A command asks
//! the API of the same cluster and says what it answers as the real programs do; it decides nothing itself.
//!
//! *Invariant:* what is not modelled fails and says so. A command that seems to work has done its work.

mod arguments;
mod command;
mod dispatch;
mod format;
mod guests;
mod interpreter;
mod output;
mod pct;
mod pvesh;
mod pveum;
mod pveversion;
mod qm;
mod step;
mod terminal;

pub use interpreter::{PROGRAMS, run};
pub use output::Output;
pub use step::{Step, Waiting};
