//! Why a text is no identifier of Proxmox, and what one looks like.

use std::fmt;

use thiserror::Error;

/// What was given instead of an identifier: cut to forty characters and with everything invisible spelled out, so that it
/// can stand in an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// At most this many characters of the text.
    const LONGEST: usize = 40;

    pub(super) fn of(text: &str) -> Self {
        let cut = text.chars().nth(Self::LONGEST).is_some();
        let head: String = text.chars().take(Self::LONGEST).flat_map(char::escape_debug).collect();
        Self(if cut { format!("{head}…") } else { head })
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{}\"", self.0)
    }
}

/// A text that cannot be what it was given for. Nothing was sent anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not a guest's number.
    #[error(
        "{0} is no guest id: give the number that Proxmox shows before the guest's name, 100 to 999999999"
    )]
    VmId(Shown),
    /// Not a node's name.
    #[error("{0} is no node name: give it as Proxmox lists it, letters, digits and - only, such as pve1")]
    NodeName(Shown),
    /// Not a name for a cluster.
    #[error(
        "{0} is no cluster name: use up to 63 letters, digits, - and _, beginning with a letter or digit"
    )]
    ClusterName(Shown),
    /// Not a storage.
    #[error("{0} is no storage: give its id as Proxmox lists it, such as local-zfs")]
    StorageId(Shown),
    /// Not a volume on a storage.
    #[error("{0} is no volume: give it as Proxmox lists it, such as local:backup/vzdump-lxc-101-….tar.zst")]
    VolumeId(Shown),
    /// Not a name that a snapshot can have.
    #[error(
        "{0} is no snapshot name: use 2 to 40 letters, digits, - and _, beginning with a letter; \"current\" and \"pending\" are taken"
    )]
    SnapshotName(Shown),
    /// Not a ZFS pool.
    #[error("{0} is no ZFS pool: give its name as `zpool list` shows it")]
    ZfsPoolName(Shown),
    /// Not an API token's id.
    #[error("{0} is no token id: give user@realm!name as Proxmox shows it, such as labkeeper@pve!observe")]
    TokenId(Shown),
    /// Not a SHA-256 fingerprint.
    #[error(
        "{0} is no SHA-256 fingerprint: copy it from the node's System → Certificates, 32 pairs of hexadecimal digits"
    )]
    Fingerprint(Shown),
    /// Not a task's id.
    #[error("{0} is no task id: give the whole UPID:…: as Proxmox shows it")]
    Upid(Shown),
    /// Not a guest named by cluster and number.
    #[error("{0} is no guest: give cluster/id, such as home/101")]
    GuestRef(Shown),
    /// Not a place where an API answers.
    #[error("{0} is no address of a node: give host or host:port, such as pve1.lan:8006")]
    Address(Shown),
    /// Not a token's secret; what was given is not repeated.
    #[error(
        "the token's secret is empty or holds characters that no secret has: copy it again, without spaces"
    )]
    Secret,
}
