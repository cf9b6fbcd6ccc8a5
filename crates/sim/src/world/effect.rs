//! What a task is about.

use super::backup::Backup;
use super::guest::Kind;
use super::restoration::Restore;

/// A change of a guest's power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// On.
    Start,
    /// Off at once.
    Stop,
    /// Off in its own time.
    Shutdown,
    /// Off in its own time, and on.
    Reboot,
}

/// What a task is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A guest is switched.
    Power(Kind, u32, Power),
    /// A snapshot is taken.
    Snapshot {
        /// Of which guest.
        vmid: u32,
        /// Sort of guest.
        kind: Kind,
        /// Its name.
        name: String,
        /// Its description.
        description: String,
        /// With memory.
        vmstate: bool,
    },
    /// A snapshot is deleted.
    DeleteSnapshot(Kind, u32, String),
    /// A guest goes back to a snapshot; a container's `start` says whether it runs afterwards.
    Rollback {
        /// Which guest.
        vmid: u32,
        /// Sort of guest.
        kind: Kind,
        /// The snapshot's name.
        name: String,
        /// Start it afterwards.
        start: bool,
    },
    /// Guests are backed up.
    Backup(Backup),
    /// An archive takes the place of a guest.
    Restore(Restore),
    /// A volume of a storage is removed.
    DeleteVolume(String),
}

impl Effect {
    pub(super) fn task_kind(&self) -> String {
        let (kind, what) = match self {
            Self::Power(kind, _, power) => (
                kind,
                match power {
                    Power::Start => "start",
                    Power::Stop => "stop",
                    Power::Shutdown => "shutdown",
                    Power::Reboot => "reboot",
                },
            ),
            Self::Snapshot { kind, .. } => (kind, "snapshot"),
            Self::DeleteSnapshot(kind, ..) => (kind, "delsnapshot"),
            Self::Rollback { kind, .. } => (kind, "rollback"),
            Self::Restore(Restore { kind, .. }) => (kind, "restore"),
            Self::DeleteVolume(_) => return "imgdel".into(),
            Self::Backup(_) => return "vzdump".into(),
        };
        format!("{}{what}", kind.task_prefix())
    }

    /// The guest's id; a backup of several has none.
    pub(super) fn task_id(&self) -> String {
        self.vmid().map_or_else(String::new, |vmid| vmid.to_string())
    }

    /// The guest it is about, when it is one.
    pub(super) fn vmid(&self) -> Option<u32> {
        match self {
            Self::Power(_, vmid, _)
            | Self::Snapshot { vmid, .. }
            | Self::DeleteSnapshot(_, vmid, _)
            | Self::Rollback { vmid, .. }
            | Self::Restore(Restore { vmid, .. }) => Some(*vmid),
            Self::DeleteVolume(_) => None,
            Self::Backup(job) => <[u32; 1]>::try_from(job.vmids.as_slice()).ok().map(|[vmid]| vmid),
        }
    }

    /// What holds the guest meanwhile, so that nothing else is done to it.
    pub(super) fn lock(&self) -> Option<&'static str> {
        match self {
            Self::Power(..) | Self::DeleteVolume(_) => None,
            Self::Snapshot { .. } => Some("snapshot"),
            Self::DeleteSnapshot(..) => Some("snapshot-delete"),
            Self::Rollback { .. } => Some("rollback"),
            Self::Backup(_) => Some("backup"),
            Self::Restore(_) => Some("create"),
        }
    }

    /// Milliseconds it takes; a backup takes them for each guest.
    pub(super) fn lasts_ms(&self) -> i64 {
        match self {
            Self::Power(_, _, Power::Start) => 1_200,
            Self::Power(_, _, Power::Stop) => 600,
            Self::Power(_, _, Power::Shutdown) => 1_500,
            Self::Power(_, _, Power::Reboot) => 2_500,
            Self::Snapshot { .. } | Self::DeleteSnapshot(..) => 900,
            Self::Rollback { .. } => 1_400,
            Self::Backup(_) | Self::Restore(_) => 4_000,
            Self::DeleteVolume(_) => 700,
        }
    }

    /// Its sort, where the effect says.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Power(kind, ..) | Self::DeleteSnapshot(kind, ..) => Some(*kind),
            Self::Snapshot { kind, .. } | Self::Rollback { kind, .. } => Some(*kind),
            Self::Restore(restore) => Some(restore.kind),
            Self::Backup(_) | Self::DeleteVolume(_) => None,
        }
    }
}
