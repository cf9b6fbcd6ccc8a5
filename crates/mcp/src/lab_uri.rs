//! Names of resources: `lab://overview`, `lab://item/{kind}/{id}`, `lab://doc/{id}`, `lab://change/{id}`.

use std::fmt;

use labkeeper_core::inventory::{ItemId, Kind};

/// A resource of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LabUri {
    Overview,
    Item(Kind, ItemId),
    Doc(ItemId),
    Change(i64),
}

impl LabUri {
    pub(crate) const ITEM: &str = "lab://item/{kind}/{id}";
    pub(crate) const DOC: &str = "lab://doc/{id}";
    pub(crate) const CHANGE: &str = "lab://change/{id}";

    /// The resource of that name, whether it exists or not.
    pub(crate) fn parse(uri: &str) -> Option<Self> {
        let path: Vec<&str> = uri.strip_prefix("lab://")?.split('/').collect();
        match path[..] {
            ["overview"] => Some(Self::Overview),
            ["item", kind, id] => Some(Self::Item(Kind::parse(kind)?, id.parse().ok()?)),
            ["doc", id] => Some(Self::Doc(id.parse().ok()?)),
            ["change", id] => Some(Self::Change(id.parse().ok()?)),
            _ => None,
        }
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read_back_and_nothing_else_can() {
        for uri in ["lab://overview", "lab://item/vms/7", "lab://doc/3", "lab://change/12"] {
            assert_eq!(LabUri::parse(uri).map(|uri| uri.to_string()).as_deref(), Some(uri));
        }
        for uri in [
            "",
            "lab://",
            "lab://item/vms",
            "lab://item/inventory%2Fimport/1",
            "lab://doc/../1",
            "file:///etc/passwd",
        ] {
            assert_eq!(LabUri::parse(uri), None, "{uri}");
        }
    }
}
