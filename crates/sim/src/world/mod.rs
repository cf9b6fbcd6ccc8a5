//! The simulated lab itself: what stands in it and what goes on in it. It knows nothing of HTTP or permissions.
//!
//! *Invariant:* time is an argument. A task that takes two seconds is over once [`World::advance`] has been told a
//! moment two seconds later, and only then has it had its effect. What it holds meanwhile, it holds from its begin.

mod apply;
mod backup;
mod effect;
mod guest;
mod homelab;
pub(crate) mod load;
mod node;
mod restoration;
mod restore;
mod state;
mod storage;
mod task;
mod time;
mod vzdump;

pub use backup::Backup;
pub(crate) use backup::said;
pub use effect::{Effect, Power};
pub use guest::{Agent, Guest, Kind, Nic, Snapshot, Status};
pub use node::{Certificate, Disk, Interface, Node, Service, ZfsPool};
pub use restoration::Restore;
pub use state::{Happening, Pool, World};
pub use storage::{Storage, StorageKind, Volume};
pub use task::{Outcome, Task};
