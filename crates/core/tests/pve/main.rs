//! Proxmox as types: what a real node answered is read, what nobody may send is refused, and what is sent is what Proxmox
//! documents.
#![allow(clippy::unwrap_used, reason = "tests")]

mod answers;
mod calls;
mod hostile;
mod tolerance;
