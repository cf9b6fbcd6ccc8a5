//! Paths of the API, made of fixed words and typed names only: there is no way to put a text from outside into one.

use std::fmt;

use super::guest::{GuestAt, GuestKind};
use super::names::{NodeName, SnapshotName, StorageId, ZfsPoolName};
use super::upid::Upid;
use super::vmid::VmId;
use super::volume_id::VolumeId;

/// A path below `/api2/json`, percent-encoded, such as `/nodes/pve1/lxc/101/config`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ApiPath(String);

impl ApiPath {
    /// Begins with a fixed word.
    pub(super) fn of(word: &'static str) -> Self {
        Self(String::new()).word(word)
    }

    /// What belongs to a node.
    pub(super) fn node(node: &NodeName) -> Self {
        Self::of("nodes").name(node)
    }

    /// What belongs to a guest.
    pub(super) fn guest(at: &GuestAt) -> Self {
        Self::node(&at.node).name(&at.kind).name(&at.vmid)
    }

    /// A fixed word, or several with slashes between.
    #[must_use]
    pub(super) fn word(mut self, word: &'static str) -> Self {
        self.0.push('/');
        self.0.push_str(word);
        self
    }

    /// A name.
    #[must_use]
    pub(super) fn name(mut self, name: &impl Segment) -> Self {
        self.0.push('/');
        percent_encode(&name.to_string(), &mut self.0);
        self
    }

    /// As sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What may stand between two slashes.
pub(super) trait Segment: fmt::Display {}

impl Segment for NodeName {}
impl Segment for GuestKind {}
impl Segment for VmId {}
impl Segment for SnapshotName {}
impl Segment for StorageId {}
impl Segment for ZfsPoolName {}
impl Segment for VolumeId {}
impl Segment for Upid {}

/// Everything but what no encoding ever touches; a space becomes `%20`, which is right in paths, queries and forms.
pub(super) fn percent_encode(text: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_add_segments() {
        let volume: VolumeId = "local:backup/vzdump-lxc-101.tar.zst".parse().unwrap();
        let storage: StorageId = "local".parse().unwrap();
        let path = ApiPath::node(&"pve1".parse().unwrap())
            .word("storage")
            .name(&storage)
            .word("content")
            .name(&volume);
        assert_eq!(
            path.as_str(),
            "/nodes/pve1/storage/local/content/local%3Abackup%2Fvzdump-lxc-101.tar.zst"
        );
    }

    #[test]
    fn everything_special_is_encoded() {
        let mut out = String::new();
        percent_encode("a b&c=ü?#/%\n", &mut out);
        assert_eq!(out, "a%20b%26c%3D%C3%BC%3F%23%2F%25%0A");
    }
}
