//! Why something could not be done on a node or in a guest. Permanent ones are not tried again.

use thiserror::Error;

use crate::pve::{Fingerprint, NodeName, VmId};

/// Why something could not be done there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ShellError {
    /// No connection, within the time for it.
    #[error("{node} cannot be reached over SSH: {why}")]
    Unreachable { node: NodeName, why: String },
    /// No key or address of this node is known.
    #[error("no SSH access to {node} is set up")]
    NotSetUp { node: NodeName },
    /// Another host key than the pinned one: nothing was sent.
    #[error("{node} shows another SSH host key ({}) than the pinned one; nothing was sent", presented.openssh())]
    WrongHostKey { node: NodeName, presented: Fingerprint },
    /// The node does not let this key in.
    #[error("{node} does not let labkeeper's key in")]
    NotLetIn { node: NodeName },
    /// There is no such guest there.
    #[error("guest {vmid} is not on {node}")]
    NoGuest { node: NodeName, vmid: VmId },
    /// The guest does not run.
    #[error("guest {vmid} is not running")]
    NotRunning { vmid: VmId },
    /// Proxmox is at work on it.
    #[error("guest {vmid} is locked by Proxmox ({lock})")]
    Locked { vmid: VmId, lock: String },
    /// The machine's agent does not answer.
    #[error("the guest agent of {vmid} does not answer")]
    AgentSilent { vmid: VmId },
    /// A shell or tool that is needed is not there.
    #[error("{what} is not there")]
    Lacking { what: String },
    /// The path, or a directory on its way, is not what it should be.
    #[error("{path}: {why}")]
    Path { path: String, why: String },
    /// The file is not as it was expected; nothing was written.
    #[error("{path} is not as it was read: somebody else changed it; nothing was written")]
    Changed { path: String },
    /// No space, or read-only; nothing was lost.
    #[error("{path} cannot be written: {why}")]
    Unwritable { path: String, why: String },
    /// What was read back is not what was written.
    #[error("{path} holds something else than what was written: {why}")]
    Unverified { path: String, why: String },
    /// The connection was lost after the command had begun: what it did is not known.
    #[error("the connection to {node} was lost while it was at work: whether it was done is not known")]
    Lost { node: NodeName },
    /// A write that somebody began before may change the file yet.
    #[error("an earlier write of {path} is still at work")]
    AtWork { path: String },
    /// It took longer than it may.
    #[error("that took longer than {seconds} s")]
    TimedOut { seconds: u64 },
    /// More came than fits.
    #[error("that is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// It cannot be given to a program as it is.
    #[error("that cannot be run: {why}")]
    NotRunnable { why: &'static str },
    /// Something was said that cannot be understood.
    #[error("{node} answered something unexpected: {why}")]
    Unexpected { node: NodeName, why: String },
}

impl ShellError {
    /// The way out.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "`labkeeper doctor` tries the way to each node and says where it ends"
            }
            Self::NotSetUp { .. } => {
                "`labkeeper setup --tier companion` puts a key on the node; docs/setup.md says what it does"
            }
            Self::WrongHostKey { .. } => {
                "compare it with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the node's console before pinning the new one with `labkeeper setup`"
            }
            Self::NotLetIn { .. } => "`labkeeper setup` puts its key on the node again",
            Self::NoGuest { .. } => "pct_list and qm_list show where each guest is",
            Self::NotRunning { .. } => "guest_start starts it",
            Self::Locked { .. } => {
                "wait until the backup, snapshot or migration is over; `qm unlock` and `pct unlock` are for the owner alone"
            }
            Self::AgentSilent { .. } => {
                "install qemu-guest-agent in the machine, and set its option `agent: 1`"
            }
            Self::Lacking { .. } => "install it there, or use a tool that does without",
            Self::Path { .. } => "check the path with list_directory or a read",
            Self::Changed { .. } => "read it again, and decide with what is there now",
            Self::Unwritable { .. } => "make space or mount it writable, then try again",
            Self::Unverified { .. } => {
                "look at the file before anything else is done; the backup has the bytes before"
            }
            Self::Lost { .. } => "look whether it was done before trying again",
            Self::AtWork { .. } => "wait a minute and try again",
            Self::TimedOut { .. } => "give it more time with timeout_ms, or do less at once",
            Self::TooLarge { .. } => "read a part of it, with offset and max_bytes",
            Self::NotRunnable { .. } => "leave zero bytes out, and name a program",
            Self::Unexpected { .. } => "`labkeeper doctor` checks the node; the log has the answer",
        }
    }

    /// Whether trying again can help without anybody doing something.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Locked { .. } | Self::AtWork { .. }
        )
    }
}
