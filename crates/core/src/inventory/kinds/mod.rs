//! The kinds of things a lab has. A new kind is one file here and its line in [`Kind`].

mod apps;
mod containers;
mod documents;
mod hardware;
mod misc;
mod networks;
mod shares;
mod storage;
mod vms;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::field::{Field, Shape};

/// A kind of item; its wire name is the plural used in URLs and map node ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Physical machines and devices.
    Hardware,
    /// Virtual machines.
    Vms,
    /// LXC guests.
    Containers,
    /// Services.
    Apps,
    /// Pools and disks.
    Storage,
    /// Network shares of a storage.
    Shares,
    /// Networks and VLANs.
    Networks,
    /// Anything else.
    Misc,
    /// Markdown pages.
    Documents,
}

/// Everything there is to say about a kind, declared once (ADR 0002).
#[derive(Debug)]
pub struct KindSpec {
    /// Which kind.
    pub kind: Kind,
    /// Wire name.
    pub key: &'static str,
    /// One of them.
    pub label: &'static str,
    /// Many of them.
    pub label_many: &'static str,
    /// Bundled icon name.
    pub icon: &'static str,
    /// Wire name of the name: `title` for documents, `name` for the rest.
    pub name_field: &'static str,
    /// Vertical rank on the map, 0 at the top.
    pub rank: u8,
    /// Declared fields in form order, without the name.
    pub fields: &'static [Field],
}

impl Kind {
    /// Every kind, in the order of navigation and import.
    pub const ALL: [Self; 9] = [
        Self::Hardware,
        Self::Vms,
        Self::Containers,
        Self::Apps,
        Self::Storage,
        Self::Shares,
        Self::Networks,
        Self::Misc,
        Self::Documents,
    ];

    /// The declaration.
    pub fn spec(self) -> &'static KindSpec {
        match self {
            Self::Hardware => &hardware::SPEC,
            Self::Vms => &vms::SPEC,
            Self::Containers => &containers::SPEC,
            Self::Apps => &apps::SPEC,
            Self::Storage => &storage::SPEC,
            Self::Shares => &shares::SPEC,
            Self::Networks => &networks::SPEC,
            Self::Misc => &misc::SPEC,
            Self::Documents => &documents::SPEC,
        }
    }

    /// Wire name.
    pub fn key(self) -> &'static str {
        self.spec().key
    }

    /// The kind of that wire name; `docs` is `documents`.
    pub fn parse(key: &str) -> Option<Self> {
        if key == "docs" {
            return Some(Self::Documents);
        }
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The kind a person means: wire name, singular or common abbreviation (`vm`, `ct`, `doc`).
    pub fn guess(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        Self::parse(&word).or(match word.as_str() {
            "vm" => Some(Self::Vms),
            "container" | "ct" | "lxc" => Some(Self::Containers),
            "app" | "service" | "services" => Some(Self::Apps),
            "storages" | "pool" => Some(Self::Storage),
            "share" => Some(Self::Shares),
            "network" | "net" | "vlan" => Some(Self::Networks),
            "doc" | "document" | "page" => Some(Self::Documents),
            "host" | "server" | "device" => Some(Self::Hardware),
            _ => None,
        })
    }
}

impl KindSpec {
    /// The declared field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Wire name of the primary address (`ip_address`; shares say `ip`), if the kind has one.
    pub fn address_field(&self) -> Option<&'static str> {
        self.fields.iter().find(|field| field.shape == Shape::Address).map(|field| field.name)
    }

    /// Wire name of the primary MAC address, if the kind has one.
    pub fn mac_field(&self) -> Option<&'static str> {
        self.fields.iter().find(|field| field.shape == Shape::Mac).map(|field| field.name)
    }

    /// The parent fields and the kind each points at.
    pub fn parents(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        self.fields.iter().filter_map(|field| match field.shape {
            Shape::Parent(kind) => Some((field.name, kind)),
            _ => None,
        })
    }
}
