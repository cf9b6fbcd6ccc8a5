//! What labkeeper needs on a Proxmox cluster, how it comes to be there, and whether that is what it has.
//!
//! [`Provisioning`] says what is wanted and makes the script for the node; the node's answer is read as [`Provisioned`].

mod answer;
mod provisioning;
pub mod rights;
mod ssh_key;
mod user;

pub use answer::{AnswerError, HasAnswer, Peer, Provisioned, TokenSecret, read_removal};
pub use provisioning::{Goal, Provisioning, Reach};
pub use ssh_key::{NoSshKey, SshPublicKey};
pub use user::{PveUser, UserError};
