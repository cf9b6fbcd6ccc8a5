//! What a person decides about: calls that are parked until somebody says yes, and who has to say it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stamp::Stamp;

/// Whose word a call needs, set by the owner (`safety.approvals`). What is denied stays denied under each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approvals {
    /// The assistant confirms by itself whatever may be confirmed at all.
    Agent,
    /// What is undecidable or on the host waits for a person; the rest is confirmed by the caller.
    #[default]
    Human,
    /// Whatever has to be confirmed waits for a person.
    Strict,
}

impl Approvals {
    /// As it is written in the settings.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "agent" => Some(Self::Agent),
            "human" => Some(Self::Human),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }
}

/// Where in its life a parked call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalState {
    /// It waits for somebody.
    Pending,
    /// Somebody said yes, and it is being done.
    Running,
    /// It was done.
    Done,
    /// Somebody said yes, and it could not be done.
    Failed,
    /// Somebody said no.
    Denied,
    /// Nobody said anything in time, which means no.
    Expired,
    /// The process ended while it was being done: whether it was done is not known.
    Interrupted,
}

impl ApprovalState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Denied,
        Self::Expired,
        Self::Interrupted,
    ];

    /// Lower-case name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Nothing more will come of it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

/// An earlier request of the same caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// When it was parked.
    pub at: Stamp,
    /// What became of it.
    pub state: ApprovalState,
}

/// Why nobody is asked: people who are asked too often say yes to anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fatigue {
    /// Enough is waiting already.
    #[error("{0} calls of yours wait for a person already")]
    Waiting(usize),
    /// Too many in a short time.
    #[error("{0} calls of yours were put before a person within ten minutes")]
    TooMany(usize),
    /// No was said again and again.
    #[error("a person said no {0} times within ten minutes")]
    Unwelcome(usize),
}

/// How long it is kept what a call would have done, and answered, once nothing more comes of it. Its summary is kept longer.
pub const PLAN_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How far back is looked.
pub const WINDOW: Duration = Duration::from_secs(600);
const MOST_WAITING: usize = 5;
const MOST_ASKED: usize = 10;
const MOST_DENIED: usize = 3;

/// Whether somebody may be asked once more, after what that caller asked within the last [`WINDOW`].
///
/// # Errors
/// Why not.
pub fn may_ask(recent: &[Asked], now: Stamp) -> Result<(), Fatigue> {
    let since = now.0 - i64::try_from(WINDOW.as_micros()).unwrap_or(i64::MAX);
    let within = || recent.iter().filter(|asked| asked.at.0 > since);
    let count = |state| within().filter(|asked| asked.state == state).count();
    let (waiting, denied, all) =
        (count(ApprovalState::Pending), count(ApprovalState::Denied), within().count());
    match () {
        () if denied >= MOST_DENIED => Err(Fatigue::Unwelcome(denied)),
        () if waiting >= MOST_WAITING => Err(Fatigue::Waiting(waiting)),
        () if all >= MOST_ASKED => Err(Fatigue::TooMany(all)),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;

    fn asked(minutes_ago: i64, state: ApprovalState) -> Asked {
        Asked { at: Stamp(100 * MINUTE - minutes_ago * MINUTE), state }
    }

    fn verdict(recent: &[Asked]) -> Result<(), Fatigue> {
        may_ask(recent, Stamp(100 * MINUTE))
    }

    #[test]
    fn whoever_asks_too_often_is_not_put_before_a_person() {
        let waiting = vec![asked(1, ApprovalState::Pending); 5];
        assert_eq!(verdict(&waiting), Err(Fatigue::Waiting(5)));
        assert_eq!(verdict(&waiting[1..]), Ok(()));
        let done = vec![asked(9, ApprovalState::Done); 10];
        assert_eq!(verdict(&done), Err(Fatigue::TooMany(10)));
        let denied = vec![asked(2, ApprovalState::Denied); 3];
        assert_eq!(verdict(&denied), Err(Fatigue::Unwelcome(3)));
    }

    #[test]
    fn what_was_asked_long_ago_does_not_count() {
        let old = vec![asked(10, ApprovalState::Denied); 50];
        assert_eq!(verdict(&old), Ok(()));
    }

    #[test]
    fn a_state_is_read_back_as_it_was_written() {
        for state in ApprovalState::ALL {
            assert_eq!(ApprovalState::parse(state.as_str()), Some(state));
        }
        assert_eq!(ApprovalState::parse("approved"), None);
    }
}
