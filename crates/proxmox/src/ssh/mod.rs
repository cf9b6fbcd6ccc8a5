//! Nodes and the insides of their guests over SSH, with the host key pinned. [`Ssh`] is one cluster: it implements
//! [`labkeeper_core::ports::Shell`]. *Invariants:*
//!
//! - Nothing is sent to a node before its host key was found to be the pinned one.
//! - The node's shell reads one string, put together in [`supervised`] and nowhere else: a fixed program and quoted words.
//! - What is begun on a node ends there: in time, when its future is dropped, when the connection is lost.

mod agent;
mod capture;
mod comments;
mod dialects;
mod files;
mod job;
mod key;
mod line;
mod login;
mod node;
mod running;
mod settings;
mod shell;
mod supervised;
mod words;

pub use key::{KeyError, PrivateKey};
pub use settings::{HostKey, SshLimits, SshNode, SshSettings};
pub use shell::Ssh;
