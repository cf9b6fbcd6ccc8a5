//! A task of a node, as the real ones are: begun at once, over later, with a log.

use super::effect::Effect;

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `OK`.
    Ok,
    /// The text of the failure.
    Failed(String),
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
    /// Milliseconds since 1970.
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
}

impl Task {
    pub(super) fn new(
        node: &str,
        user: &str,
        pid: u32,
        uptime: i64,
        (now_ms, ends_ms): (i64, i64),
        effect: Effect,
        log: Vec<String>,
    ) -> Self {
        let (kind, id) = (effect.task_kind(), effect.task_id());
        let pstart = u64::try_from(uptime.max(0)).unwrap_or(0) * 100;
        let started = now_ms / 1000;
        Self {
            upid: format!("UPID:{node}:{pid:08X}:{pstart:08X}:{started:08X}:{kind}:{id}:{user}:"),
            node: node.into(),
            pid,
            pstart,
            started,
            ends_ms,
            kind,
            id,
            user: user.into(),
            log,
            outcome: None,
            effect,
        }
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
