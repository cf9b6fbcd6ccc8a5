//! The kinds of things a lab has. A new kind is one file here, its variant of [`Kind`] and its lines below.

mod apps;
mod containers;
mod documents;
mod hardware;
mod misc;
mod networks;
mod scanned;
mod shares;
mod spec;
mod storage;
mod vms;

pub use super::kind::Kind;
pub use spec::KindSpec;

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
