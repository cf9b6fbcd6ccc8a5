//! The disks and mount points of a guest, as configured.

use serde::Serialize;

use super::property::{Properties, bytes};
use crate::pve::guest::GuestKind;
use crate::pve::lenient;
use crate::pve::volume_id::VolumeId;

/// One disk: `rootfs`, `mp0`, `scsi0`, `efidisk0`, `unused0`, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuestDisk {
    /// Its key in the configuration.
    pub key: String,
    /// What it is made of.
    pub source: DiskSource,
    /// Bytes, as far as the configuration says: `None` for bind mounts, 0 for volumes without a limit.
    pub size: Option<u64>,
    /// Where a container mounts it.
    pub mount: Option<String>,
    /// Whether it is a CD drive.
    pub is_cdrom: bool,
    /// Whether backups hold it; `None` leaves it to the rule: disks of machines and root disks yes, mount points no.
    pub backup: Option<bool>,
    /// Whether it cannot be written to.
    pub read_only: Option<bool>,
}

/// What a disk is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiskSource {
    /// A volume on a storage.
    Volume(VolumeId),
    /// A directory or device of the node, which no snapshot and no backup holds.
    Path(String),
    /// An empty drive, or words that say something else.
    Other(String),
}

impl GuestDisk {
    /// From a line of the configuration; `None` when that key is no disk.
    pub(super) fn read(kind: GuestKind, key: &str, value: &str) -> Option<Self> {
        if !is_disk(kind, key) {
            return None;
        }
        let parts = Properties::of(value);
        let source = parts.get("volume").or_else(|| parts.get("file")).or_else(|| parts.unnamed());
        let flag = |name: &str| parts.get(name).and_then(lenient::word_flag);
        Some(Self {
            key: key.to_owned(),
            source: DiskSource::of(source.unwrap_or_default()),
            size: parts.get("size").and_then(bytes),
            mount: if key == "rootfs" { Some("/".into()) } else { parts.get("mp").map(str::to_owned) },
            is_cdrom: parts.get("media") == Some("cdrom"),
            backup: flag("backup"),
            read_only: flag("ro"),
        })
    }
}

impl DiskSource {
    fn of(text: &str) -> Self {
        if text.starts_with('/') {
            return Self::Path(text.to_owned());
        }
        text.parse().map_or_else(|_| Self::Other(text.to_owned()), Self::Volume)
    }
}

fn is_disk(kind: GuestKind, key: &str) -> bool {
    let bare = key.trim_end_matches(|character: char| character.is_ascii_digit());
    let is_numbered = bare.len() < key.len();
    match kind {
        GuestKind::Lxc => key == "rootfs" || (is_numbered && matches!(bare, "mp" | "unused")),
        GuestKind::Qemu => {
            let buses = ["ide", "sata", "scsi", "virtio", "efidisk", "tpmstate", "unused"];
            is_numbered && buses.contains(&bare)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_of_both_kinds_are_read() {
        let root =
            GuestDisk::read(GuestKind::Lxc, "rootfs", "local:101/subvol-101-disk-0.subvol,size=0T").unwrap();
        assert_eq!(root.source, DiskSource::Volume("local:101/subvol-101-disk-0.subvol".parse().unwrap()));
        assert_eq!((root.size, root.mount.as_deref()), (Some(0), Some("/")));
        let bind = GuestDisk::read(GuestKind::Lxc, "mp0", "/tank/media,mp=/media,ro=1").unwrap();
        assert_eq!(bind.source, DiskSource::Path("/tank/media".into()));
        assert_eq!((bind.mount.as_deref(), bind.read_only), (Some("/media"), Some(true)));
        let cd = GuestDisk::read(GuestKind::Qemu, "ide2", "none,media=cdrom").unwrap();
        assert_eq!((cd.source, cd.is_cdrom), (DiskSource::Other("none".into()), true));
        let disk =
            GuestDisk::read(GuestKind::Qemu, "scsi0", "file=tank:vm-200-disk-0,size=32G,backup=0").unwrap();
        assert_eq!((disk.size, disk.backup), (Some(32 << 30), Some(false)));
    }

    #[test]
    fn other_keys_are_no_disks() {
        for key in ["scsihw", "ide", "net0", "serial0", "mp0", "rootfs", "virtiofs0"] {
            assert!(GuestDisk::read(GuestKind::Qemu, key, "x").is_none(), "{key}");
        }
        assert!(GuestDisk::read(GuestKind::Lxc, "scsi0", "x").is_none());
    }
}
