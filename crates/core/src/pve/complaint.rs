//! What the text of a failure means. Proxmox answers nearly everything that goes wrong with 500 and a sentence, and the
//! same sentences end a failed task; this is the one place that reads them.

use serde::Serialize;

/// The kind of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Complaint {
    /// What was named is not there.
    Missing,
    /// The guest runs already.
    AlreadyRunning,
    /// The guest does not run.
    NotRunning,
    /// Something else has its hands on the guest: a backup, a snapshot, a migration.
    Locked(String),
    /// The guest runs, its agent does not answer.
    AgentSilent,
    /// The guest agent is switched off in the guest's configuration.
    AgentOff,
    /// The storage of one of its disks cannot make snapshots.
    SnapshotsImpossible,
    /// A snapshot of that name is there already.
    NameTaken,
    /// Anything else; the sentence itself is all there is.
    Other,
}

impl Complaint {
    /// Reads the sentence.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let has = |part: &str| text.contains(part);
        // The agent's come first: they speak of what is not running too.
        if has("QEMU guest agent is not running") {
            Self::AgentSilent
        } else if has("No QEMU guest agent configured") {
            Self::AgentOff
        } else if has("already running") {
            Self::AlreadyRunning
        } else if has("not running") {
            Self::NotRunning
        } else if let Some(lock) = lock(text) {
            Self::Locked(lock.to_owned())
        } else if has("snapshot feature is not available") {
            Self::SnapshotsImpossible
        } else if has("already used") {
            Self::NameTaken
        } else if has("does not exist") || has("hostname lookup") || text.starts_with("no such ") {
            Self::Missing
        } else {
            Self::Other
        }
    }
}

/// The word in `CT is locked (backup)`.
fn lock(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("is locked (")?;
    rest.split_once(')').map(|(lock, _)| lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_sentences_are_understood() {
        let table = [
            ("Configuration file 'nodes/pve1/lxc/999.conf' does not exist\n", Complaint::Missing),
            ("snapshot 'snap1' does not exist", Complaint::Missing),
            ("CT 100 already running\n", Complaint::AlreadyRunning),
            ("CT 100 not running", Complaint::NotRunning),
            ("VM 200 is not running", Complaint::NotRunning),
            ("QEMU guest agent is not running\n", Complaint::AgentSilent),
            ("No QEMU guest agent configured", Complaint::AgentOff),
            ("CT is locked (backup)", Complaint::Locked("backup".into())),
            ("snapshot feature is not available", Complaint::SnapshotsImpossible),
            ("snapshot name 'before-change' already used", Complaint::NameTaken),
            ("zfsutils-linux not installed", Complaint::Other),
            ("binary not installed: /usr/bin/ceph-mon", Complaint::Other),
        ];
        for (text, complaint) in table {
            assert_eq!(Complaint::of(text), complaint, "{text}");
        }
    }
}
