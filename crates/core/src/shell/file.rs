//! Files of a place.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ownership::Ownership;

/// An absolute path without `.`, `..`, doubled or trailing slashes. Lexical: it may still lead through symbolic links.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(String);

/// Linux' own limit, with the ending NUL.
const LONGEST: usize = 4095;

impl FilePath {
    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The directory it is in; `/` is in itself.
    pub fn parent(&self) -> &str {
        match self.0.rfind('/') {
            Some(0) | None => "/",
            Some(at) => &self.0[..at],
        }
    }

    /// Its last part; empty for `/`.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Why that is no path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PathError {
    /// It does not begin at the root.
    #[error("a path begins with /: give it in full, such as /etc/hosts")]
    Relative,
    /// It climbs.
    #[error("a path may not have .. in it: give it as it is from the root")]
    Climbs,
    /// NUL, line break or another control character.
    #[error("a path may not have control characters in it")]
    Control,
    /// Too long for Linux.
    #[error("a path has at most 4095 bytes")]
    TooLong,
}

impl FromStr for FilePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if !text.starts_with('/') {
            return Err(PathError::Relative);
        }
        if text.len() > LONGEST {
            return Err(PathError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(PathError::Control);
        }
        let parts = text.split('/').filter(|part| !part.is_empty() && *part != ".");
        if parts.clone().any(|part| part == "..") {
            return Err(PathError::Climbs);
        }
        let path = parts.fold(String::with_capacity(text.len()), |path, part| path + "/" + part);
        Ok(Self(if path.is_empty() { "/".into() } else { path }))
    }
}

impl TryFrom<String> for FilePath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        text.parse()
    }
}

impl From<FilePath> for String {
    fn from(path: FilePath) -> Self {
        path.0
    }
}

/// What kind of thing is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Bytes.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A device, socket, pipe.
    Other,
}

/// What is known of a file; of what a symbolic link leads to, when it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Where it really is, all links followed. What rules are applied to, beside the path that was asked for.
    pub resolved: FilePath,
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// Permission bits, such as 0o644, with set-uid, set-gid, sticky.
    pub mode: u32,
    /// Number of the owner.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// Seconds since the epoch.
    pub modified: i64,
    /// How many names it has; more than one: renaming over it would part them.
    pub links: u64,
}

impl FileFacts {
    /// Whose it is and who may do what with it.
    pub fn ownership(&self) -> Ownership {
        Ownership { mode: self.mode, uid: self.uid, gid: self.gid }
    }
}

/// Which part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First byte.
    pub offset: u64,
    /// At most this many.
    pub length: u64,
}

/// A part of a file, and the whole's digest, from one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What was read; shorter than asked for only at the end.
    pub bytes: Vec<u8>,
    /// SHA-256 of the whole file, lower-case hexadecimal; `None` when it is larger than the port cares to hash.
    pub sha256: Option<String>,
    /// The file.
    pub facts: FileFacts,
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its name; bytes that are no UTF-8 are shown as U+FFFD.
    pub name: String,
    /// What it is itself: links are not followed.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
    /// Seconds since the epoch.
    pub modified: i64,
    /// Where it leads, when it is a symbolic link.
    pub target: Option<String>,
}

/// Entries of a directory by name, and how many there are in all.
pub type Listing = (Vec<FileEntry>, u64);

/// What must still be there when a file is replaced; if it is not, nothing is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Nothing of that name. The new file gets these, or `0644` and root.
    Absent(Option<Ownership>),
    /// A file whose bytes have this SHA-256, lower-case hexadecimal.
    Sha256(String),
}

/// How a file came to have its new bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Replaced {
    /// Written beside it, made durable and renamed: readers saw the old or the new, never a part.
    Renamed,
    /// Written into it, because it could not be renamed (a mount, more than one name, a link's target elsewhere).
    InPlace,
}
