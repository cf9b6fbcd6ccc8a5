//! A task of a node, as the real ones are: begun at once, over later, with a log.

use super::backup::Archive;
use super::effect::Effect;

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `OK`.
    Ok,
    /// The text of the failure.
    Failed(String),
}

/// What a task that is not over is at.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    /// Not begun.
    New,
    /// A backup job waits for another on its node.
    Waiting,
    /// Does its work, and has its effect when it ends.
    AtWork,
    /// A backup job writes an archive of the guest whose turn it is; `fine` while none has failed.
    Writing {
        /// What is written.
        archive: Archive,
        /// Number of the guest in the job.
        turn: usize,
        /// Whether no guest has failed.
        fine: bool,
    },
    /// Is about to end with that failure.
    Doomed(String),
}

/// A task.
#[derive(Debug, Clone)]
pub struct Task {
    /// `UPID:node:pid:pstart:starttime:type:id:user:`.
    pub upid: String,
    /// Node.
    pub node: String,
    /// Process id.
    pub pid: u32,
    /// Hundredths of a second between the node's start and its own.
    pub pstart: u64,
    /// Seconds since 1970.
    pub started: i64,
    /// When it ends or, a backup of several, goes on: milliseconds since 1970.
    pub ends_ms: i64,
    /// `vzstart`, `qmsnapshot`, `vzdump`.
    pub kind: String,
    /// The guest's id, or nothing.
    pub id: String,
    /// User or token.
    pub user: String,
    /// Lines so far.
    pub log: Vec<String>,
    /// Set when it is over.
    pub outcome: Option<Outcome>,
    pub(super) effect: Effect,
    pub(super) stage: Stage,
}

impl Task {
    pub(super) fn new(node: &str, user: &str, pid: u32, uptime: i64, now_ms: i64, effect: Effect) -> Self {
        let (kind, id) = (effect.task_kind(), effect.task_id());
        let pstart = u64::try_from(uptime.max(0)).unwrap_or(0) * 100;
        let started = now_ms / 1000;
        Self {
            upid: format!("UPID:{node}:{pid:08X}:{pstart:08X}:{started:08X}:{kind}:{id}:{user}:"),
            node: node.into(),
            pid,
            pstart,
            started,
            ends_ms: now_ms,
            kind,
            id,
            user: user.into(),
            log: Vec::new(),
            outcome: None,
            effect,
            stage: Stage::New,
        }
    }

    pub(super) fn is_backup_on(&self, node: &str) -> bool {
        self.node == node && matches!(self.effect, Effect::Backup(_))
    }

    /// Second in which it ended.
    pub fn ended(&self) -> Option<i64> {
        self.outcome.as_ref().map(|_| self.ends_ms / 1000)
    }

    /// `OK` or the failure, once it is over.
    pub fn exitstatus(&self) -> Option<&str> {
        match self.outcome.as_ref()? {
            Outcome::Ok => Some("OK"),
            Outcome::Failed(why) => Some(why),
        }
    }
}
