//! Why the history could not be written or read.

use thiserror::Error;

use crate::fault::{Code, Fault};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HistoryError {
    /// There is no git on this machine.
    #[error("git is not there, so no history of configurations is kept")]
    NoGit,
    /// git said no.
    #[error("git could not {what}: {why}")]
    Git { what: &'static str, why: String },
    /// The directory of the history cannot be used.
    #[error("the history in {path} cannot be used: {why}")]
    Directory { path: String, why: String },
    /// Another process of labkeeper is at it for too long.
    #[error("another labkeeper is at work on the history")]
    Busy,
    /// The other place did not take it.
    #[error("the history could not be pushed: {why}")]
    NotPushed { why: String },
}

impl HistoryError {
    /// The way out.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoGit => "install git on the machine that labkeeper runs on, and start labkeeper again",
            Self::Git { .. } => {
                "look at the repository with git; docs/history.md says where it is and how to begin anew"
            }
            Self::Directory { .. } => {
                "look at the directory: it belongs to labkeeper's user alone (0700), and its disk has room"
            }
            Self::Busy => "try again in a moment",
            Self::NotPushed { .. } => {
                "see that GIT_HISTORY_REMOTE can be reached and takes this user's pushes; the history here is complete, and the next commit pushes all of it"
            }
        }
    }
}

impl From<HistoryError> for Fault {
    fn from(error: HistoryError) -> Self {
        let code = match error {
            HistoryError::NoGit => Code::Conflict,
            _ => Code::Unavailable,
        };
        Self::new(code, error.to_string()).with_hint(error.remedy())
    }
}
