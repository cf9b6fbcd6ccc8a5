//! Links between items: what stands on what, what is plugged into what, what depends on what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::ItemId;
use super::kinds::Kind;
use crate::stamp::Stamp;

/// What a link means, read from `from` to `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rel {
    /// Stands on (a VM on its host, a share on its storage, a page under a page). One per item.
    Parent,
    /// Is cabled to; `label` names the cable or port.
    ConnectedTo,
    /// Is a member of a network; `data.ip_on_network`.
    MemberOf,
    /// Stops working without.
    DependsOn,
    /// Holds backups of.
    BacksUp,
    /// Mounts.
    Mounts,
    /// Anything else, said by the label.
    Related,
    /// A line drawn by hand on the map; `data.style`.
    Edge,
}

impl Rel {
    /// Every relation.
    pub const ALL: [Self; 8] = [
        Self::Parent,
        Self::ConnectedTo,
        Self::MemberOf,
        Self::DependsOn,
        Self::BacksUp,
        Self::Mounts,
        Self::Related,
        Self::Edge,
    ];

    /// Wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::ConnectedTo => "connected_to",
            Self::MemberOf => "member_of",
            Self::DependsOn => "depends_on",
            Self::BacksUp => "backs_up",
            Self::Mounts => "mounts",
            Self::Related => "related",
            Self::Edge => "edge",
        }
    }

    /// The relation of that wire name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rel| rel.as_str() == name)
    }

    /// Whether `from` is in trouble when `to` is gone.
    pub fn carries_impact(self) -> bool {
        matches!(self, Self::Parent | Self::DependsOn | Self::Mounts)
    }

    /// Whether a chain of this relation back to its start makes no sense.
    pub fn must_not_cycle(self) -> bool {
        matches!(self, Self::Parent)
    }

    /// Whether the same two ends may be linked more than once (two cables, two drawn lines).
    pub fn may_repeat(self) -> bool {
        matches!(self, Self::ConnectedTo | Self::Edge)
    }
}

/// A stored link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Id, unique over all links, never reused.
    pub id: i64,
    /// From this item …
    pub from_id: ItemId,
    /// … in this sense …
    pub rel: Rel,
    /// … to that item.
    pub to_id: ItemId,
    /// Free label: port, cable, what is mounted.
    pub label: Option<String>,
    /// Facts of the link itself (`ip_on_network`, `style`).
    pub data: Option<Value>,
    /// Who says so: `asserted` or a source.
    pub source: String,
    /// When it was created.
    pub created_at: Stamp,
    /// When it last changed.
    pub updated_at: Stamp,
}

/// Label of a parent link on the map, as the predecessor drew it.
pub fn parent_label(child: Kind, share_type: Option<&str>) -> String {
    match child {
        Kind::Vms | Kind::Containers => "hosts".into(),
        Kind::Apps => "runs".into(),
        Kind::Storage => "storage".into(),
        Kind::Shares => share_type.unwrap_or("share").into(),
        _ => String::new(),
    }
}
