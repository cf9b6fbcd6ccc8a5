//! How guests are backed up, as their owner set it.

use std::time::Duration;

use labkeeper_core::pve::StorageId;

/// How guests are backed up.
#[derive(Debug, Clone)]
pub struct BackupSettings {
    /// Onto which storage, when a call does not say; `None` takes the only one there is.
    pub storage: Option<StorageId>,
    /// Archives of ours that a guest keeps on a storage; at least one.
    pub kept: usize,
    /// How long a backup or a restore may take before it is left to itself.
    pub patience: Duration,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self { storage: None, kept: 2, patience: Duration::from_secs(4 * 3600) }
    }
}
