//! Storages of a node and what lies on them.

use serde::{Deserialize, Serialize};

use crate::pve::guest::GuestKind;
use crate::pve::lenient;
use crate::pve::names::StorageId;
use crate::pve::vmid::VmId;
use crate::pve::volume_id::VolumeId;

/// A row of `/nodes/{node}/storage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StorageStatus {
    /// Its id.
    pub storage: StorageId,
    /// `dir`, `zfspool`, `lvmthin`, `nfs`, `pbs`, …
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// What may lie on it: `images`, `rootdir`, `backup`, `iso`, `vztmpl`, `snippets`.
    #[serde(default, deserialize_with = "lenient::words")]
    pub content: Vec<String>,
    /// Whether this node reaches it just now.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub active: Option<bool>,
    /// Whether it is switched on.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub enabled: Option<bool>,
    /// Whether all nodes see the same one.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub shared: Option<bool>,
    /// Bytes in all.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub total: Option<u64>,
    /// Bytes used.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub used: Option<u64>,
    /// Bytes left.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub avail: Option<u64>,
}

/// A row of a storage's content: a disk, a template, an image, or a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredVolume {
    /// Which.
    pub volid: VolumeId,
    /// What it is: `images`, `rootdir`, `backup`, `iso`, `vztmpl`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub content: Option<String>,
    /// `raw`, `qcow2`, `subvol`, `tar.zst`, `vma.zst`, `pbs-ct`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub format: Option<String>,
    /// The guest that it belongs to.
    #[serde(default, deserialize_with = "lenient::parsed")]
    pub vmid: Option<VmId>,
    /// Bytes.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub size: Option<u64>,
    /// Bytes that it takes, where the storage tells.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub used: Option<u64>,
    /// When it was made, in seconds since 1970.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub ctime: Option<i64>,
    /// The first line of its notes.
    #[serde(default, deserialize_with = "lenient::text")]
    pub notes: Option<String>,
    /// Whether pruning leaves it alone.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub protected: Option<bool>,
    /// For a backup `lxc` or `qemu`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub subtype: Option<String>,
    /// Whether a backup server checked it.
    #[serde(default, deserialize_with = "lenient::part")]
    pub verification: Verification,
}

/// How the check of a backup went; only backup servers check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Verification {
    /// `ok` or `failed`; `None` when it was not checked.
    #[serde(deserialize_with = "lenient::text")]
    pub state: Option<String>,
}

/// A backup of a guest. Its own clock is in it: a task that ended well is no evidence of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupVolume {
    /// Which.
    pub volid: VolumeId,
    /// Of which guest.
    pub vmid: VmId,
    /// Of which kind; `None` where neither the storage nor the name says.
    pub kind: Option<GuestKind>,
    /// When it was made, in seconds since 1970.
    pub made: Option<i64>,
    /// Bytes.
    pub size: Option<u64>,
    /// The first line of its notes.
    pub notes: Option<String>,
    /// Whether pruning leaves it alone.
    pub is_protected: bool,
    /// Whether it was checked, and how that went.
    pub verified: Option<bool>,
}

impl StoredVolume {
    /// The backup that it is; `None` for anything else.
    pub fn backup(&self) -> Option<BackupVolume> {
        let is_backup = match self.content.as_deref() {
            Some(content) => content == "backup",
            None => self.volid.name().starts_with("backup/"),
        };
        let vmid = self.vmid.filter(|_| is_backup)?;
        Some(BackupVolume {
            volid: self.volid.clone(),
            vmid,
            kind: self.guest_kind(),
            made: self.ctime,
            size: self.size,
            notes: self.notes.clone(),
            is_protected: self.protected == Some(true),
            verified: self.verification.state.as_deref().map(|state| state == "ok"),
        })
    }

    fn guest_kind(&self) -> Option<GuestKind> {
        let name = self.volid.name();
        match self.subtype.as_deref() {
            Some("lxc") => Some(GuestKind::Lxc),
            Some("qemu") => Some(GuestKind::Qemu),
            _ if name.contains("vzdump-lxc-") || name.starts_with("backup/ct/") => Some(GuestKind::Lxc),
            _ if name.contains("vzdump-qemu-") || name.starts_with("backup/vm/") => Some(GuestKind::Qemu),
            _ => None,
        }
    }
}
