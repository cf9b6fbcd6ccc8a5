//! What came of sweeping a source.

use labkeeper_core::history::TreePath;
use schemars::JsonSchema;
use serde::Serialize;

/// What came of a source.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SweptSource {
    /// Which: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `config:CLUSTER/VMID`.
    pub target: String,
    /// Files that are new.
    pub added: usize,
    /// Files that changed.
    pub changed: usize,
    /// Files that are gone.
    pub deleted: usize,
    /// Files that are as they were; they were not fetched.
    pub unchanged: usize,
    /// Files that the owner's patterns leave out.
    pub excluded: usize,
    /// Files that are too large to be kept.
    pub skipped_oversize: usize,
    /// Files that could not be read, or whose names cannot be kept.
    pub skipped_other: usize,
    /// Why it was not swept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// What went wrong; what was seen before is kept then, and nothing counts as gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl SweptSource {
    pub(super) fn of(target: impl std::fmt::Display) -> Self {
        Self { target: target.to_string(), ..Self::default() }
    }

    /// `+a ~c -d`
    pub(super) fn figures(&self) -> (usize, usize, usize) {
        (self.added, self.changed, self.deleted)
    }
}

/// A source that was swept, and what of it is to be committed.
pub(super) struct Swept {
    pub(super) source: SweptSource,
    pub(super) files: Vec<(TreePath, Option<Vec<u8>>)>,
}

impl Swept {
    pub(super) fn skipped(target: impl std::fmt::Display, why: impl Into<String>) -> Self {
        Self {
            source: SweptSource { skipped: Some(why.into()), ..SweptSource::of(target) },
            files: Vec::new(),
        }
    }

    pub(super) fn failed(target: impl std::fmt::Display, why: impl Into<String>) -> Self {
        Self { source: SweptSource { error: Some(why.into()), ..SweptSource::of(target) }, files: Vec::new() }
    }
}
