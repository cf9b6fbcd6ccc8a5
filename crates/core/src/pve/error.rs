//! Why a cluster did not do what was asked, in words that name the thing; [`PveError::remedy`] says the way out.

use std::collections::BTreeMap;
use std::time::Duration;

use thiserror::Error;

use super::address::Address;
use super::complaint::Complaint;
use super::denial::Denial;
use super::facts::task::TaskEnd;
use super::fingerprint::Fingerprint;
use super::token_id::TokenId;
use super::upid::Upid;

/// What went wrong. Holds no secret, and no text that Proxmox did not write for people.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PveError {
    /// Nobody answers there, or not in time. Nothing was done.
    #[error("cannot reach {endpoint}: {reason}")]
    Unreachable {
        /// The one tried last.
        endpoint: Address,
        /// In the system's words.
        reason: String,
    },
    /// The node that was asked answers, the one that it passed the call on to does not.
    #[error("{endpoint} cannot reach the node that was asked for: {reason}")]
    NodeUnreachable {
        /// Who says so.
        endpoint: Address,
        /// In Proxmox's words.
        reason: String,
    },
    /// Another certificate than the pinned one. Nothing was sent.
    #[error("{endpoint} shows another certificate than the pinned one: expected {expected}, found {found}")]
    PinMismatch {
        /// Where.
        endpoint: Address,
        /// What is pinned.
        expected: Fingerprint,
        /// What was shown.
        found: Fingerprint,
    },
    /// There is nothing to check the certificate against. Nothing was sent, not even a greeting.
    #[error("no certificate is pinned for {endpoint}")]
    NoPin {
        /// Where.
        endpoint: Address,
    },
    /// No authority that this machine trusts vouches for the certificate. Nothing was sent.
    #[error("the certificate of {endpoint} is not to be trusted: {reason}")]
    Untrusted {
        /// Where.
        endpoint: Address,
        /// Why.
        reason: String,
    },
    /// The token is not accepted. Proxmox does not say whether it is unknown, expired, disabled or has another secret.
    #[error("{endpoint} does not accept the token {token}: {reason}")]
    Unauthorised {
        /// Where.
        endpoint: Address,
        /// Which token.
        token: TokenId,
        /// In Proxmox's words.
        reason: String,
    },
    /// The token is good and may not.
    #[error("not allowed: {0}")]
    Forbidden(Denial),
    /// What was named is not there.
    #[error("not there: {0}")]
    NotFound(String),
    /// Proxmox does not take a parameter.
    #[error("Proxmox refuses a value: {}", listed(errors))]
    BadParameter {
        /// Why, per parameter.
        errors: BTreeMap<String, String>,
    },
    /// This version of Proxmox has no such call.
    #[error("this version of Proxmox cannot do that: {0}")]
    NotImplemented(String),
    /// The state of the guest is in the way.
    #[error("{text}")]
    InTheWay {
        /// What it is; never [`Complaint::Missing`] or [`Complaint::Other`].
        complaint: Complaint,
        /// In Proxmox's words.
        text: String,
    },
    /// Proxmox failed for a reason of its own.
    #[error("Proxmox answers {status}: {text}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// In Proxmox's words.
        text: String,
    },
    /// The task was started and failed.
    #[error("{0}")]
    TaskFailed(Box<TaskEnd>),
    /// The task goes on; only the waiting for it ended.
    #[error("the task {upid} still runs after {} s", after.as_secs())]
    TaskUnfinished {
        /// Which.
        upid: Box<Upid>,
        /// For how long it was waited for.
        after: Duration,
    },
    /// No answer in time to a question; nothing was changed by it.
    #[error("{endpoint} did not answer within {} s", after.as_secs())]
    Timeout {
        /// Where.
        endpoint: Address,
        /// The limit.
        after: Duration,
    },
    /// A change was sent and the connection broke before the answer: it may have been made or not.
    #[error("the connection to {endpoint} broke after a change was sent: {reason}")]
    Interrupted {
        /// Where.
        endpoint: Address,
        /// Why.
        reason: String,
    },
    /// An answer that no Proxmox gives, or too long a one.
    #[error("{place} answers what Proxmox would not: {reason}")]
    Malformed {
        /// The address, or the call.
        place: String,
        /// What is odd about it.
        reason: String,
    },
}

impl PveError {
    /// Whether the same call may well succeed a moment later, with nobody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::NodeUnreachable { .. } | Self::Timeout { .. } => true,
            Self::InTheWay { complaint, .. } => matches!(complaint, Complaint::Locked(_)),
            _ => false,
        }
    }

    /// Whether it is how a node says that it has no ZFS at all.
    pub fn means_no_zfs(&self) -> bool {
        matches!(self, Self::Refused { text, .. } if text.contains("zfsutils-linux not installed"))
    }

    /// The way out.
    pub fn remedy(&self) -> String {
        match self {
            Self::Unreachable { .. } | Self::NodeUnreachable { .. } => {
                "check that the node is up and that its address and port are right; pveproxy must run there".into()
            }
            Self::PinMismatch { endpoint, .. } => format!(
                "if the certificate was renewed, compare the found print with the one in the node's System → Certificates and pin it anew; \
                 if not, somebody may be between you and {endpoint}"
            ),
            Self::NoPin { .. } => {
                "pin it with `labkeeper setup`, or copy the print from the node's System → Certificates into the settings".into()
            }
            Self::Untrusted { .. } => "pin the certificate, or let the node have one that this machine trusts".into(),
            Self::Unauthorised { token, .. } => format!(
                "check that {token} exists, is enabled and has not expired; if its secret is lost, make the token anew and set the new secret"
            ),
            Self::Forbidden(denial) => permit(denial),
            Self::NotFound(_) => "list what is there; it may have been removed, renamed or moved to another node".into(),
            Self::BadParameter { .. } => "give another value".into(),
            Self::NotImplemented(_) => "update Proxmox VE, or do it in its web interface".into(),
            Self::InTheWay { complaint, .. } => clear_the_way(complaint).into(),
            Self::Refused { .. } => "the node's journal and its task log may say more".into(),
            Self::TaskFailed(end) => {
                clear_the_way(&end.exit.complaint().unwrap_or(Complaint::Other)).into()
            }
            Self::TaskUnfinished { .. } => "it goes on by itself: ask for its status later, or stop it".into(),
            Self::Timeout { .. } => "try again; if it stays so, the node is overloaded or one of its storages hangs".into(),
            Self::Interrupted { .. } => "look whether it was made before doing it again".into(),
            Self::Malformed { .. } => "check that the address is that of a Proxmox VE API and not of another server or a proxy".into(),
        }
    }
}

fn permit(denial: &Denial) -> String {
    match denial {
        Denial::Lacks { path, any_of } => format!(
            "give token and user a role with {} on {path} (Datacenter → Permissions), or do without",
            any_of.join(" or ")
        ),
        Denial::RootOnly | Denial::NoTokens => "do it in Proxmox's web interface".into(),
        Denial::Unnamed(_) => {
            "compare the token's permissions with what its tier needs: `labkeeper doctor`".into()
        }
    }
}

fn clear_the_way(complaint: &Complaint) -> &'static str {
    match complaint {
        Complaint::AlreadyRunning => "nothing needs to be done",
        Complaint::NotRunning => "start the guest first",
        Complaint::Locked(_) => {
            "wait until the other task has ended; if none runs, unlock the guest on the node"
        }
        Complaint::AgentSilent => "install and start qemu-guest-agent inside the guest",
        Complaint::AgentOff => "set `agent: 1` in the guest's options and install qemu-guest-agent inside it",
        Complaint::SnapshotsImpossible => {
            "make a backup instead, or move the disk to a storage with snapshots"
        }
        Complaint::NameTaken => "choose another name",
        Complaint::Missing => {
            "list what is there; it may have been removed, renamed or moved to another node"
        }
        Complaint::Other => "the task's log says more",
    }
}

fn listed(errors: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = errors.iter().map(|(name, wrong)| format!("{name}: {wrong}")).collect();
    lines.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_transient() {
        let endpoint: Address = "pve1".parse().unwrap();
        let unreachable = PveError::Unreachable { endpoint: endpoint.clone(), reason: "refused".into() };
        let unpinned = PveError::NoPin { endpoint };
        assert!(unreachable.is_transient());
        assert!(!unpinned.is_transient());
        assert!(!PveError::Forbidden(Denial::RootOnly).is_transient());
        let locked =
            PveError::InTheWay { complaint: Complaint::Locked("backup".into()), text: String::new() };
        assert!(locked.is_transient());
    }

    #[test]
    fn errors_stay_small_enough_to_be_passed_around() {
        assert!(size_of::<PveError>() <= 128, "{}", size_of::<PveError>());
    }
}
