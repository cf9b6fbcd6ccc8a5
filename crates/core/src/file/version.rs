//! A version of a file that was kept before it was written, and what became of the write.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::Content::{Absent, Bytes};
use crate::shell::Ownership;

/// The name of a kept version: `b42`. Never a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct BackupId(pub i64);

/// That text names no version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("that is no backup of a file: their ids look like b42, list_backups with a path shows them")]
pub struct BackupIdError;

impl fmt::Display for BackupId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "b{}", self.0)
    }
}

impl FromStr for BackupId {
    type Err = BackupIdError;

    fn from_str(text: &str) -> Result<Self, BackupIdError> {
        let digits = text.strip_prefix('b').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).map(Self).ok_or(BackupIdError)
    }
}

impl TryFrom<String> for BackupId {
    type Error = BackupIdError;

    fn try_from(text: String) -> Result<Self, BackupIdError> {
        text.parse()
    }
}

impl From<BackupId> for String {
    fn from(id: BackupId) -> Self {
        id.to_string()
    }
}

/// What is at a path: nothing, or bytes of that digest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Content {
    /// No file.
    Absent,
    /// A file.
    Bytes {
        /// SHA-256, lower-case hexadecimal.
        sha256: String,
        /// How many bytes.
        size: u64,
    },
}

impl Content {
    /// What those bytes are, `None` being no file.
    pub fn of(bytes: Option<&[u8]>) -> Self {
        bytes.map_or(Absent, |bytes| Bytes {
            sha256: crate::audit::sha256_hex(bytes),
            size: bytes.len() as u64,
        })
    }

    /// The digest of a file.
    pub fn sha256(&self) -> Option<&str> {
        match self {
            Absent => None,
            Bytes { sha256, .. } => Some(sha256),
        }
    }

    /// The size of a file.
    pub fn size(&self) -> Option<u64> {
        match self {
            Absent => None,
            Bytes { size, .. } => Some(*size),
        }
    }
}

/// A file that a change altered: what the journal knows, and what taking it back goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// The kept version that has the bytes from before.
    pub backup: BackupId,
    /// Where: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// Which file there, links followed.
    pub path: String,
    /// What it was.
    pub before: Content,
    /// Whose it was; absent when there was no file, or when nobody noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Ownership>,
    /// What it became.
    pub after: Content,
}

/// What became of a write whose before-bytes were kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The bytes from before are kept; nobody has said yet whether the write came about.
    Saved,
    /// The file was written.
    Applied,
    /// The file was not written.
    NotApplied,
    /// The file is neither what it was nor what it should have become.
    Unknown,
}

impl Settlement {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Saved, Self::Applied, Self::NotApplied, Self::Unknown];

    /// Lower-case name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Applied => "applied",
            Self::NotApplied => "not_applied",
            Self::Unknown => "unknown",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// What the file shows of a write of which nobody said how it ended.
    pub fn seen(before: &Content, after: &Content, live: &Content) -> Self {
        match live {
            live if live == after => Self::Applied,
            live if live == before => Self::NotApplied,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_and_a_path_is_none() {
        assert_eq!("b42".parse(), Ok(BackupId(42)));
        assert_eq!(BackupId(42).to_string(), "b42");
        for wrong in ["", "b", "42", "b-1", "b+1", "/var/backups/b42", "b42 ", "b99999999999999999999"] {
            assert_eq!(wrong.parse::<BackupId>(), Err(BackupIdError), "{wrong}");
        }
    }

    #[test]
    fn a_write_that_nobody_reported_is_told_by_the_file() {
        let (a, b, c) = (Content::of(Some(b"a")), Content::of(Some(b"b")), Content::of(Some(b"c")));
        assert_eq!(Settlement::seen(&a, &b, &b), Settlement::Applied);
        assert_eq!(Settlement::seen(&a, &b, &a), Settlement::NotApplied);
        assert_eq!(Settlement::seen(&a, &b, &c), Settlement::Unknown);
        assert_eq!(Settlement::seen(&Absent, &b, &Absent), Settlement::NotApplied);
        assert_eq!(Settlement::seen(&a, &Absent, &Absent), Settlement::Applied);
    }
}
