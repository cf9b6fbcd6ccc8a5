//! Whether Proxmox can snapshot a guest, told from its configuration and the types of its storages.

use crate::pve::{DiskSource, GuestConfig, GuestDisk, GuestKind};

/// What can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capability {
    /// Nothing speaks against it.
    Capable,
    /// It cannot, and why.
    Incapable(String),
    /// The type of a storage is not known.
    Unknown,
}

impl Capability {
    /// Whether it can, where that can be told, and why not.
    pub fn in_short(self) -> (Option<bool>, Option<String>) {
        match self {
            Self::Capable => (Some(true), None),
            Self::Incapable(reason) => (Some(false), Some(reason)),
            Self::Unknown => (None, None),
        }
    }
}

/// `storages` are name and type of those of its node.
///
/// Proxmox snapshots a guest when every volume in it lies on a storage that can: ZFS, LVM-thin, BTRFS, RBD, and `qcow2` files
/// of virtual machines. A directory of the host in a container stands in the way. That a device of the host does is the
/// predecessor's rule: Proxmox may snapshot the volumes, and what the device did is not in it.
pub fn capability(kind: GuestKind, config: &GuestConfig, storages: &[(String, String)]) -> Capability {
    if let Some(key) = config.iter().map(|(key, _)| key).find(|key| is_passed_through(key)) {
        return Capability::Incapable(format!("a device of the host is passed through ({key})"));
    }
    if config.get("lxc").is_some_and(mounts_a_device) {
        return Capability::Incapable("a device of the host is mounted into it (lxc)".into());
    }
    let mut verdict = Capability::Capable;
    for disk in config.disks(kind) {
        if disk.is_cdrom || disk.key.starts_with("unused") {
            continue;
        }
        match of_disk(&disk, kind, storages) {
            Capability::Capable => {}
            incapable @ Capability::Incapable(_) => return incapable,
            Capability::Unknown => verdict = Capability::Unknown,
        }
    }
    verdict
}

fn of_disk(disk: &GuestDisk, kind: GuestKind, storages: &[(String, String)]) -> Capability {
    let volume = match &disk.source {
        DiskSource::Volume(volume) => volume,
        DiskSource::Path(path) => {
            return Capability::Incapable(format!("{} is {path} of the host", disk.key));
        }
        DiskSource::Other(_) => return Capability::Unknown,
    };
    let storage = volume.storage().to_string();
    let Some((_, plugin)) = storages.iter().find(|(name, _)| *name == storage) else {
        return Capability::Unknown;
    };
    match plugin.as_str() {
        "zfspool" | "zfs" | "lvmthin" | "btrfs" | "rbd" => Capability::Capable,
        "dir" | "nfs" | "cifs" if kind == GuestKind::Qemu && volume.name().ends_with(".qcow2") => {
            Capability::Capable
        }
        // From release 9 on a thick volume may be a qcow2 chain.
        "lvm" if volume.name().ends_with(".qcow2") => Capability::Unknown,
        "dir" | "nfs" | "cifs" | "lvm" | "iscsi" | "iscsidirect" | "glusterfs" => {
            Capability::Incapable(format!("{} lies on {storage}, and {plugin} cannot", disk.key))
        }
        _ => Capability::Unknown,
    }
}

/// `dev0`, `hostpci1`, `usb0`: a machine with one of these is not stopped from being snapshotted by USB, which QEMU leaves out.
fn is_passed_through(key: &str) -> bool {
    let bare = key.trim_end_matches(|character: char| character.is_ascii_digit());
    bare.len() < key.len() && matches!(bare, "dev" | "hostpci")
}

/// Raw lines are kept as JSON pairs; a later line never hides an earlier one here.
fn mounts_a_device(lines: &str) -> bool {
    let pairs: Vec<(String, String)> = serde_json::from_str(lines).unwrap_or_default();
    pairs.iter().any(|(key, value)| {
        key.starts_with("lxc.cgroup.devices.")
            || key.starts_with("lxc.cgroup2.devices.")
            || (key == "lxc.mount.entry" && value.contains("/dev/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: GuestKind, config: &str) -> Capability {
        let storages = [("local", "dir"), ("tank", "zfspool"), ("thick", "lvm"), ("new", "futurefs")]
            .map(|(name, plugin)| (name.to_string(), plugin.to_string()));
        capability(kind, &serde_json::from_str(config).unwrap(), &storages)
    }

    fn refused(kind: GuestKind, config: &str) -> String {
        match told(kind, config) {
            Capability::Incapable(reason) => reason,
            other => panic!("{config} is {other:?}"),
        }
    }

    #[test]
    fn storages_decide() {
        use GuestKind::{Lxc, Qemu};
        assert_eq!(told(Lxc, r#"{"rootfs": "tank:subvol-1-disk-0,size=8G"}"#), Capability::Capable);
        assert_eq!(told(Qemu, r#"{"scsi0": "local:100/vm-100-disk-0.qcow2"}"#), Capability::Capable);
        assert!(refused(Qemu, r#"{"scsi0": "local:100/vm-100-disk-0.raw"}"#).contains("local"));
        assert!(refused(Lxc, r#"{"rootfs": "thick:vm-1-disk-0"}"#).contains("lvm"));
        assert_eq!(told(Lxc, r#"{"rootfs": "new:x"}"#), Capability::Unknown);
        assert_eq!(told(Lxc, r#"{"rootfs": "elsewhere:x"}"#), Capability::Unknown);
        assert_eq!(
            told(Qemu, r#"{"scsi0": "tank:vm-1-disk-0", "ide2": "local:iso/x.iso,media=cdrom"}"#),
            Capability::Capable
        );
    }

    #[test]
    fn what_is_of_the_host_stands_in_the_way() {
        use GuestKind::{Lxc, Qemu};
        assert!(
            refused(Lxc, r#"{"rootfs": "tank:a", "mp0": "/srv/media,mp=/media"}"#).contains("/srv/media")
        );
        assert!(refused(Lxc, r#"{"rootfs": "tank:a", "dev0": "/dev/dri/renderD128"}"#).contains("dev0"));
        assert!(refused(Qemu, r#"{"scsi0": "tank:a", "hostpci0": "0000:01:00"}"#).contains("hostpci0"));
        // Two mounts: the first must not be hidden by the second.
        assert!(refused(
            Lxc,
            r#"{"rootfs": "tank:a", "lxc": [["lxc.mount.entry", "/dev/dri dev/dri none bind"], ["lxc.mount.entry", "/srv srv none bind"]]}"#,
        )
        .contains("lxc"));
    }
}
