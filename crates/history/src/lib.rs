//! The history of the lab's configuration in a bare git repository, written by the git that is installed: no library, no working tree,
//! no index. Implements [`labkeeper_core::ports::History`].
//!
//! Each commit is one `git fast-import` into a ref beside the branch, and then one compare-and-swap of the branch: a process that dies
//! in between leaves the branch as it was.

mod directory;
mod fast_import;
mod program;
mod repository;
mod revisions;

pub use repository::{Remote, Repository};
