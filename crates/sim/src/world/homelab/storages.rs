//! The storages and what lies on them.

use std::collections::BTreeMap;

use super::super::backup::Backup;
use super::super::guest::{Guest, Kind};
use super::super::state::World;
use super::super::storage::{Storage, StorageKind, Volume};
use super::units::{DAY, GIB};

pub(super) fn storages() -> Vec<Storage> {
    let on = |total: u64, used: [u64; 3], nodes: &[u32]| -> BTreeMap<String, (u64, u64)> {
        nodes.iter().map(|n| (format!("pve{n}"), (total * GIB, used[*n as usize - 1] * GIB))).collect()
    };
    let storage =
        |id: &str, kind, content: &[&'static str], shared, options: &[(&'static str, &str)], usage| Storage {
            id: id.into(),
            kind,
            content: content.to_vec(),
            shared,
            options: options.iter().map(|(key, value)| (*key, (*value).to_string())).collect(),
            usage,
            volumes: Vec::new(),
            active: true,
        };
    vec![
        storage(
            "local",
            StorageKind::Dir,
            &["iso", "vztmpl", "backup"],
            false,
            &[("path", "/var/lib/vz")],
            on(98, [31, 84, 22], &[1, 2, 3]),
        ),
        storage(
            "local-lvm",
            StorageKind::LvmThin,
            &["rootdir", "images"],
            false,
            &[("vgname", "pve"), ("thinpool", "data")],
            on(794, [0, 214, 391], &[2, 3]),
        ),
        storage(
            "tank",
            StorageKind::ZfsPool,
            &["rootdir", "images"],
            false,
            &[("pool", "tank"), ("sparse", "1")],
            on(3_600, [1_688, 0, 0], &[1]),
        ),
        storage(
            "nas",
            StorageKind::Nfs,
            &["backup", "iso"],
            true,
            &[("path", "/mnt/pve/nas"), ("server", "10.10.50.5"), ("export", "/mnt/pool/proxmox")],
            on(7_300, [5_120, 5_120, 5_120], &[1, 2, 3]),
        ),
    ]
}

/// Disks of the guests, templates, images, and last night's backups of most of them.
pub(super) fn fill(world: &mut World, now: i64) {
    let nightly = Backup {
        storage: "nas".into(),
        compress: "zstd".into(),
        notes: Some("{{guestname}}".into()),
        ..Backup::default()
    };
    let guests: Vec<Guest> = world.guests.values().cloned().collect();
    let night = now - now.rem_euclid(DAY) + 2 * 3_600;
    let night = if night > now { night - DAY } else { night };
    for guest in &guests {
        for (_, volid, gib) in &guest.disks {
            let id = volid.split(':').next().unwrap_or_default();
            let Some(storage) = world.storages.get_mut(id) else { continue };
            let (content, format) = match guest.kind {
                Kind::Lxc if id == "tank" => ("rootdir", "subvol"),
                Kind::Lxc => ("rootdir", "raw"),
                Kind::Qemu => ("images", "raw"),
            };
            let volume = volume(volid, content, format, gib << 30, now - 200 * DAY, Some(guest.vmid));
            storage.volumes.push((guest.node.clone(), volume));
        }
        // Nobody thought of these two; the third's job has not run for three weeks.
        if matches!(guest.name.as_str(), "playground" | "runner") || guest.template {
            continue;
        }
        let nights: &[i64] = if guest.name == "unifi" { &[21, 22] } else { &[0, 1, 2] };
        let nas = world.storages.get_mut("nas").expect("it was just added");
        for back in nights {
            let mut archive = nightly.archive_of(guest, night - back * DAY + i64::from(guest.vmid % 60));
            archive.protected = guest.name == "vaultwarden" && *back == 2;
            nas.volumes.push((guest.node.clone(), archive));
        }
    }
    for node in ["pve1", "pve2", "pve3"] {
        let local = world.storages.get_mut("local").expect("it was just added");
        let template = "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst";
        local
            .volumes
            .push((node.into(), volume(template, "vztmpl", "tzst", 129_711_104, now - 90 * DAY, None)));
    }
    let nas = world.storages.get_mut("nas").expect("it was just added");
    let image =
        volume("nas:iso/debian-13.1.0-amd64-netinst.iso", "iso", "iso", 821_035_008, now - 80 * DAY, None);
    nas.volumes.push(("pve1".into(), image));
}

fn volume(
    volid: &str,
    content: &'static str,
    format: &'static str,
    size: u64,
    ctime: i64,
    vmid: Option<u32>,
) -> Volume {
    Volume { volid: volid.into(), content, format, size, ctime, vmid, notes: None, protected: false }
}
