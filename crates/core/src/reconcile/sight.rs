//! One thing that was seen.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::inventory::Kind;
use crate::pve::{ClusterName, NodeName, StorageId, VmId};

/// What makes two sights the same thing, as an identity of the scheme `pve`: `home/101`, `home/node/pve1`,
/// `home/storage/pve1/local`, `home/net/vmbr0.20`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// Of a guest, wherever it runs in its cluster.
    pub fn guest(cluster: &ClusterName, vmid: VmId) -> Self {
        Self(format!("{cluster}/{vmid}"))
    }

    pub(super) fn node(cluster: &ClusterName, node: &NodeName) -> Self {
        Self(format!("{cluster}/node/{node}"))
    }

    /// Without a node it is one that all nodes share.
    pub(super) fn storage(cluster: &ClusterName, node: Option<&NodeName>, storage: &StorageId) -> Self {
        let node = node.map(|node| format!("{node}/")).unwrap_or_default();
        Self(format!("{cluster}/storage/{node}{storage}"))
    }

    pub(super) fn network(cluster: &ClusterName, name: &str) -> Self {
        Self(format!("{cluster}/net/{name}"))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A thing that was seen, in the inventory's terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// What it is known by.
    pub key: Key,
    /// Kind of item.
    pub kind: Kind,
    /// What a new item is called.
    pub name: String,
    /// Hardware addresses of its own.
    pub macs: Vec<String>,
    /// Values by the kind's field names; nothing is null.
    pub fields: Map<String, Value>,
    /// What it stands on.
    pub on: Option<Key>,
    /// The networks it is in, that of its first card first; `None` when its cards could not be seen.
    pub networks: Option<Vec<Key>>,
}

impl Sight {
    pub(super) fn new(key: Key, kind: Kind, name: impl Into<String>) -> Self {
        Self { key, kind, name: name.into(), macs: Vec::new(), fields: Map::new(), on: None, networks: None }
    }

    /// Notes a value that was seen.
    #[must_use]
    pub(super) fn with(mut self, field: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.fields.insert(field.into(), value.into());
        }
        self
    }
}

/// Bytes in GiB, to two places, whole when they are.
pub(super) fn gib(bytes: u64) -> Value {
    rounded(bytes as f64 / f64::from(1 << 30))
}

/// Bytes in TB of a thousand, as drives are sold, to two places.
pub(super) fn tb(bytes: u64) -> Value {
    rounded(bytes as f64 / 1e12)
}

fn rounded(number: f64) -> Value {
    let number = (number * 100.0).round() / 100.0;
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}
