//! How the audit log is kept beside the database.

use std::sync::Arc;

use labkeeper_core::ports::Anchor;

/// What the owner decided about it.
#[derive(Debug, Clone)]
pub struct AuditSettings {
    /// Where its checkpoints go, out of the hub's reach.
    pub anchors: Vec<Arc<dyn Anchor>>,
    /// Bytes from which on a file of the mirror is complete.
    pub segment_bytes: u64,
    /// Days after which complete files of the mirror are deleted; 0 for never. The database keeps every record.
    pub keep_days: u32,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self { anchors: Vec::new(), segment_bytes: 16 * 1024 * 1024, keep_days: 0 }
    }
}
