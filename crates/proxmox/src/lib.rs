//! Proxmox VE over its API, with its certificate pinned, and over SSH, with its host keys pinned.
//!
//! [`Ssh`] is the nodes of one cluster and the insides of their guests: it implements [`labkeeper_core::ports::Shell`]. What holds
//! for it stands at its module.
//!
//! [`Api`] is one cluster: it implements [`labkeeper_core::ports::Pve`]. *Invariants:*
//!
//! - The token is sent over a connection only after the certificate was compared, in the handshake, with the pinned one; the
//!   first byte of a request comes after that.
//! - A request that changes something is sent at most once. Whether it was sent is known for every failure.
//! - What is read is bounded in size and time.
//!
//! [`probe_certificate`] shows a certificate before there is a pin; it sends nothing.

mod answer;
mod api;
mod connection;
mod limits;
mod line;
mod patience;
mod probe;
mod settings;
mod ssh;
mod tasks;
mod tls;
mod transmission;
mod visit;

pub use api::Api;
pub use limits::Limits;
pub use probe::{SeenCertificate, probe_certificate};
pub use settings::{Endpoint, Settings, SettingsError, Trust};
pub use ssh::{HostKey, KeyError, PrivateKey, Ssh, SshLimits, SshNode, SshSettings};
