//! One thing that was looked at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::level::Level;

/// One thing that was looked at, how it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Part of the whole that it belongs to, such as `storage`.
    pub section: String,
    /// What was looked at, always in the same words, such as `certificate`.
    pub check: String,
    /// How it is.
    pub status: Level,
    /// What was seen, in a sentence.
    pub finding: String,
    /// More about it, for who wants to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to do; there is one whenever it is not as it should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Cluster it was seen in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Node it was seen on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

impl Finding {
    /// What was found, without anything beside it.
    pub fn new(section: &str, check: &str, status: Level, finding: impl Into<String>) -> Self {
        Self {
            section: section.to_owned(),
            check: check.to_owned(),
            status,
            finding: finding.into(),
            detail: None,
            remedy: None,
            cluster: None,
            node: None,
        }
    }

    /// With more about it.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// With what to do.
    #[must_use]
    pub fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// Seen in that cluster.
    #[must_use]
    pub fn in_cluster(self, cluster: impl Into<String>) -> Self {
        Self { cluster: Some(cluster.into()), ..self }
    }

    /// Seen on that node.
    #[must_use]
    pub fn on_node(self, node: impl Into<String>) -> Self {
        Self { node: Some(node.into()), ..self }
    }
}
