//! Tasks: what goes on, how far it is, and how it ended.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::pve::complaint::Complaint;
use crate::pve::lenient;
use crate::pve::upid::Upid;

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskExit {
    /// `OK`.
    Good,
    /// Done, with that many warnings in its log.
    Warnings(u32),
    /// Not done, or not all of it: the last words.
    Failed(String),
}

impl TaskExit {
    /// From `exitstatus`.
    pub fn of(status: &str) -> Self {
        if status == "OK" {
            return Self::Good;
        }
        let warnings = status.strip_prefix("WARNINGS: ").and_then(|count| count.trim().parse().ok());
        warnings.map_or_else(|| Self::Failed(status.to_owned()), Self::Warnings)
    }

    /// What a failure means; `None` when it did not fail.
    pub fn complaint(&self) -> Option<Complaint> {
        match self {
            Self::Failed(text) => Some(Complaint::of(text)),
            Self::Good | Self::Warnings(_) => None,
        }
    }
}

impl fmt::Display for TaskExit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good => out.write_str("OK"),
            Self::Warnings(count) => write!(out, "WARNINGS: {count}"),
            Self::Failed(text) => out.write_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for TaskExit {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self::of(&String::deserialize(input)?))
    }
}

/// A task that has ended. *A good end is no evidence:* what it was for is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskEnd {
    /// Which.
    pub upid: Upid,
    /// How.
    pub exit: TaskExit,
    /// The last lines of its log, oldest first.
    pub tail: Vec<String>,
}

impl TaskEnd {
    /// Whether it did what it was for; warnings do not count against it.
    pub fn is_good(&self) -> bool {
        !matches!(self.exit, TaskExit::Failed(_))
    }
}

impl fmt::Display for TaskEnd {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, id, node) = (self.upid.kind(), self.upid.id(), self.upid.node());
        let gap = if id.is_empty() { "" } else { " " };
        match &self.exit {
            TaskExit::Failed(text) => write!(out, "{kind}{gap}{id} on {node} failed: {text}"),
            exit => write!(out, "{kind}{gap}{id} on {node} ended: {exit}"),
        }
    }
}

/// The answer of `tasks/{upid}/status`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum TaskStatus {
    /// It goes on.
    Running,
    /// It is over.
    Stopped(TaskExit),
}

impl<'de> Deserialize<'de> for TaskStatus {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Sent {
            status: String,
            #[serde(default, deserialize_with = "lenient::text")]
            exitstatus: Option<String>,
        }
        let sent = Sent::deserialize(input)?;
        if sent.status != "stopped" {
            return Ok(Self::Running);
        }
        // A worker that was killed leaves none behind.
        let words = sent.exitstatus.unwrap_or_else(|| "ended without saying how".into());
        Ok(Self::Stopped(TaskExit::of(&words)))
    }
}

/// A line of a task's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Counted from 1.
    pub n: u64,
    /// What it says. Written by programs: not to be trusted, and not always printable.
    #[serde(default, deserialize_with = "lenient::line")]
    pub t: String,
}

impl LogLine {
    /// What Proxmox sends instead of an empty log.
    pub fn stands_for_nothing(&self) -> bool {
        self.n == 1 && self.t == "no content"
    }
}

/// A row of a node's or the cluster's list of tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    /// Which.
    pub upid: Upid,
    /// Who began it, `user@realm`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub user: Option<String>,
    /// With which token.
    #[serde(default, deserialize_with = "lenient::text")]
    pub tokenid: Option<String>,
    /// Seconds since 1970.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub starttime: Option<i64>,
    /// Seconds since 1970; `None` while it goes on.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub endtime: Option<i64>,
    /// How it ended; `None` while it goes on.
    #[serde(default, deserialize_with = "lenient::part")]
    pub status: Option<TaskExit>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_no_failure() {
        assert_eq!(TaskExit::of("OK"), TaskExit::Good);
        assert_eq!(TaskExit::of("WARNINGS: 2"), TaskExit::Warnings(2));
        assert_eq!(TaskExit::of("job errors"), TaskExit::Failed("job errors".into()));
        assert_eq!(TaskExit::of("WARNINGS: x").to_string(), "WARNINGS: x");
    }

    #[test]
    fn a_worker_that_vanished_has_failed() {
        let status: TaskStatus = serde_json::from_str(r#"{"status": "stopped"}"#).unwrap();
        assert!(matches!(status, TaskStatus::Stopped(TaskExit::Failed(_))));
    }

    #[test]
    fn an_end_reads_aloud() {
        let end = TaskEnd {
            upid: "UPID:pve1:00001629:0009FF50:6B023706:vzsnapshot:101:root@pam!admin:".parse().unwrap(),
            exit: TaskExit::of("snapshot feature is not available"),
            tail: vec![],
        };
        assert_eq!(end.to_string(), "vzsnapshot 101 on pve1 failed: snapshot feature is not available");
        assert!(!end.is_good());
        assert_eq!(end.exit.complaint(), Some(Complaint::SnapshotsImpossible));
    }
}
