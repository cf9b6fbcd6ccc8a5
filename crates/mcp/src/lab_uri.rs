//! Names of resources: `lab://overview`, `lab://item/{kind}/{id}`, `lab://doc/{id}`, `lab://change/{id}`,
//! `lab://guest/{cluster}/{vmid}`, `lab://output/{id}` and `lab://output/{id}/{from}`.

use std::fmt;

use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_core::pve::{ClusterName, VmId};
use labkeeper_ops::outputs::OutputId;

/// A resource of the hub.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LabUri {
    Overview,
    Item(Kind, ItemId),
    Doc(ItemId),
    Change(i64),
    Guest(ClusterName, VmId),
    /// What of a long output was not answered, or all of it from that byte on.
    Output(OutputId, Option<u64>),
}

impl LabUri {
    pub(crate) const ITEM: &str = "lab://item/{kind}/{id}";
    pub(crate) const DOC: &str = "lab://doc/{id}";
    pub(crate) const CHANGE: &str = "lab://change/{id}";
    pub(crate) const GUEST: &str = "lab://guest/{cluster}/{vmid}";
    pub(crate) const OUTPUT: &str = "lab://output/{id}";
    pub(crate) const OUTPUT_FROM: &str = "lab://output/{id}/{from}";

    /// The resource of that name, whether it exists or not.
    pub(crate) fn parse(uri: &str) -> Option<Self> {
        let path: Vec<&str> = uri.strip_prefix("lab://")?.split('/').collect();
        match path[..] {
            ["overview"] => Some(Self::Overview),
            ["item", kind, id] => Some(Self::Item(Kind::parse(kind)?, id.parse().ok()?)),
            ["doc", id] => Some(Self::Doc(id.parse().ok()?)),
            ["change", id] => Some(Self::Change(id.parse().ok()?)),
            ["guest", cluster, vmid] => Some(Self::Guest(cluster.parse().ok()?, vmid.parse().ok()?)),
            ["output", id] => Some(Self::Output(id.parse().ok()?, None)),
            ["output", id, from] => Some(Self::Output(id.parse().ok()?, Some(from.parse().ok()?))),
            _ => None,
        }
    }

    /// Whether somebody hears when it reads differently: of the lab itself the hub knows only what it asks, and an output stays what it is.
    pub(crate) fn can_be_watched(&self) -> bool {
        !matches!(self, Self::Guest(..) | Self::Output(..))
    }

    /// The name under which an item is listed.
    pub(crate) fn of(kind: Kind, id: ItemId) -> Self {
        match kind {
            Kind::Documents => Self::Doc(id),
            kind => Self::Item(kind, id),
        }
    }
}

impl fmt::Display for LabUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overview => formatter.write_str("lab://overview"),
            Self::Item(kind, id) => write!(formatter, "lab://item/{}/{id}", kind.key()),
            Self::Doc(id) => write!(formatter, "lab://doc/{id}"),
            Self::Change(id) => write!(formatter, "lab://change/{id}"),
            Self::Guest(cluster, vmid) => write!(formatter, "lab://guest/{cluster}/{vmid}"),
            Self::Output(id, None) => write!(formatter, "lab://output/{id}"),
            Self::Output(id, Some(from)) => write!(formatter, "lab://output/{id}/{from}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read_back_and_nothing_else_can() {
        for uri in [
            "lab://overview",
            "lab://item/vms/7",
            "lab://doc/3",
            "lab://change/12",
            "lab://guest/home/101",
            "lab://output/00c0ffee00c0ffee",
            "lab://output/00c0ffee00c0ffee/65536",
        ] {
            assert_eq!(LabUri::parse(uri).map(|uri| uri.to_string()).as_deref(), Some(uri));
        }
        for uri in [
            "",
            "lab://",
            "lab://item/vms",
            "lab://item/inventory%2Fimport/1",
            "lab://doc/../1",
            "file:///etc/passwd",
            "lab://guest/home",
            "lab://guest/../101",
            "lab://guest/home/-1",
            "lab://output/1",
            "lab://output/00c0ffee00c0ffee/-1",
        ] {
            assert_eq!(LabUri::parse(uri), None, "{uri}");
        }
    }
}
