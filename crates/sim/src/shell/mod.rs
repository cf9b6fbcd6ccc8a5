//! The command line of a node, for `root@pam` who sits at it: `pveum`, `pct`, `qm`, `pvesh`,
//! `pveversion`, `vzdump`, `lxc-attach`, `lxc-info`. A command asks
//! the API of the same cluster and says what it answers as the real programs do; it decides nothing itself.
//!
//! *Invariant:* what is not modelled fails and says so. A command that seems to work has done its work.

mod arguments;
mod command;
mod dispatch;
mod format;
mod guests;
mod inside;
mod interpreter;
mod lxc;
mod output;
mod pct;
mod pct_inside;
mod pvesh;
mod pveum;
mod pveversion;
mod qm;
mod qm_guest;
mod step;
mod terminal;
mod vzdump;

pub use inside::{Attached, Copied, Inside, Work};
pub use interpreter::{MOST_INPUT, PROGRAMS, go_on, listen, run};
pub use output::Output;
pub use step::{Listening, Reading, Step, Waiting};
