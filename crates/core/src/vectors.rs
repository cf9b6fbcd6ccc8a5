//! Vectors that are kept on a server made for them: by which name a text goes there, what stands beside its vector, and what is
//! asked. The words stay in [`crate::rank::index`], and the store decides what exists.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::audit::sha256_hex;
use crate::rank::facets::Facets;
use crate::rank::index::Owner;

/// Names one text of one thing. The same everywhere and always, so that putting it twice is putting it once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PointId(u128);

/// What is no name of a point.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("\"{0}\" is no UUID")]
pub struct NotAPoint(String);

/// Version 8 of RFC 9562: the other bits are our own.
const VERSION: u128 = 0x8 << 76;
const VARIANT: u128 = 0b10 << 62;
const BOTH: u128 = (0xf << 76) | (0b11 << 62);

impl PointId {
    /// The text of that hash, of that owner.
    #[must_use]
    pub fn of(owner: Owner, hash: &str) -> Self {
        Self::named(&format!("{} {hash}", name_of(owner)))
    }

    /// What belongs to no text: a server's own notes go under such a name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let digest = sha256_hex(name.as_bytes());
        let bits = u128::from_str_radix(&digest[..32], 16).expect("a digest is hexadecimal");
        Self(bits & !BOTH | VERSION | VARIANT)
    }
}

impl fmt::Display for PointId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        write!(out, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl fmt::Debug for PointId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for PointId {
    type Err = NotAPoint;

    fn from_str(text: &str) -> Result<Self, NotAPoint> {
        let hex = text.replace('-', "");
        let bits = (hex.len() == 32).then(|| u128::from_str_radix(&hex, 16).ok()).flatten();
        bits.map(Self).ok_or_else(|| NotAPoint(text.into()))
    }
}

/// What stands beside a vector, to filter by. No text of the lab is in it, only what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Kind of the item, `memories` or `changes`.
    pub kind: String,
    /// Id among its like.
    pub id: i64,
    /// Tags of an item, lower case.
    pub tags: Vec<String>,
}

impl Label {
    /// What is said of that owner.
    #[must_use]
    pub fn of(owner: Owner, facets: Option<&Facets>) -> Self {
        Self {
            kind: owner.type_name(facets).into(),
            id: owner.id(),
            tags: facets
                .map(|facets| facets.tags.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
        }
    }

    /// Tells this label from what the same point was labelled with before.
    #[must_use]
    pub fn print(&self) -> String {
        let mut print = sha256_hex(format!("{} {} {}", self.kind, self.id, self.tags.join("\n")).as_bytes());
        print.truncate(16);
        print
    }
}

/// A vector on its way to the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub id: PointId,
    pub vector: Vec<f32>,
    pub label: Label,
}

/// What the vectors of one place have in common. Those of different spaces are never compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// The model that made them.
    pub model: String,
    /// How many numbers each has.
    pub dimensions: usize,
    /// Whose lab it is: no two share a place.
    pub lab: String,
}

/// Which points come into question; all that are named must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Among {
    /// Of one of these kinds; any when empty.
    pub kinds: Vec<String>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// Of these owners only.
    pub owners: Option<Vec<Owner>>,
    /// Of these points only.
    pub points: Option<Vec<PointId>>,
}

/// A question for the nearest.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Of length one.
    pub vector: Vec<f32>,
    pub among: Among,
    /// Most points.
    pub limit: usize,
    /// Miss none; without, a large place may answer from its index, which misses a few.
    pub exact: bool,
}

/// Points and their cosines, nearest first.
pub type Neighbours = Vec<(PointId, f32)>;

/// What was found when a place was made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// It was there, with whatever it holds.
    Kept,
    /// It is new and empty.
    Made,
}

/// How much a place holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many points.
    pub points: usize,
    /// The newest event that somebody noted there. A smaller one than was noted means that the place was put back.
    pub noted: i64,
}

/// Why a server of vectors did not do what it was asked. Search goes on by words, and shows this text as the reason.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VectorError {
    #[error("{place} cannot be reached ({reason}): start it, or look at search.qdrant_url (QDRANT_URL)")]
    Unreachable { place: String, reason: String },
    #[error("{place} did not answer within {seconds} s: look at its load and its log")]
    TooSlow { place: String, seconds: u64 },
    #[error("{place} lets nobody in with this key ({status}): set search.qdrant_api_key (QDRANT_API_KEY)")]
    Denied { place: String, status: u16 },
    /// It will be made again.
    #[error("{place} holds no such collection: it is made and filled again")]
    Gone { place: String },
    #[error(
        "{place} is not left alone by labkeeper: {what}; name another one by search.qdrant_collection (QDRANT_COLLECTION), or delete that one if nobody needs it"
    )]
    NotOurs { place: String, what: String },
    #[error(
        "{place} holds vectors of {found} where this hub has {expected}: install the same model in every process of this hub and start them again"
    )]
    OtherSpace { place: String, found: String, expected: String },
    #[error("{place} answered {status}: {said}; its log says more")]
    Refused { place: String, status: u16, said: String },
    #[error(
        "{place} answered what Qdrant would not ({reason}): look at search.qdrant_url (QDRANT_URL), labkeeper needs Qdrant 1.10 or newer"
    )]
    Strange { place: String, reason: String },
}

/// What an owner is called in the name of its points.
fn name_of(owner: Owner) -> String {
    match owner {
        Owner::Item(id) => format!("item {id}"),
        Owner::Memory(id) => format!("memory {id}"),
        Owner::Change(id) => format!("change {id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_a_uuid_that_reads_back_and_tells_owners_apart() {
        let id = PointId::of(Owner::Item(12), "00ff");
        let text = id.to_string();
        assert_eq!(text.parse::<PointId>(), Ok(id));
        assert_eq!((text.len(), &text[14..15]), (36, "8"), "{text}");
        assert!("89ab".contains(&text[19..20]), "{text}");
        assert_eq!(text, PointId::of(Owner::Item(12), "00ff").to_string());
        let others = [
            PointId::of(Owner::Item(12), "00fe"),
            PointId::of(Owner::Item(1), "200ff"),
            PointId::of(Owner::Memory(12), "00ff"),
            PointId::of(Owner::Change(12), "00ff"),
        ];
        assert!(!others.contains(&id));
        assert!("12".parse::<PointId>().is_err());
        assert!("zz000000-0000-8000-8000-000000000000".parse::<PointId>().is_err());
    }

    #[test]
    fn another_tag_is_another_print() {
        let label = Label { kind: "vms".into(), id: 1, tags: vec!["prod".into()] };
        assert_eq!(label.print(), label.clone().print());
        assert_ne!(label.print(), Label { tags: vec!["test".into()], ..label.clone() }.print());
        assert_ne!(label.print(), Label { kind: "apps".into(), ..label.clone() }.print());
    }
}
