//! Storages: one for each node that has it, one in all when the nodes share it.

use std::collections::HashSet;

use super::census::Census;
use super::sight::{Key, Sight, tb};
use crate::inventory::Kind;
use crate::pve::StorageRow;

pub(super) fn sights(census: &Census) -> Vec<Sight> {
    let mut shared = HashSet::new();
    let rows = census.storages.iter().filter(|row| !is_shared(row) || shared.insert(&row.storage));
    rows.map(|row| sight(census, row)).collect()
}

fn is_shared(row: &StorageRow) -> bool {
    row.shared == Some(true)
}

fn sight(census: &Census, row: &StorageRow) -> Sight {
    let node = (!is_shared(row)).then_some(&row.node);
    let name = match node {
        Some(node) => format!("{} on {node}", row.storage),
        None => row.storage.to_string(),
    };
    let mut sight = Sight::new(Key::storage(&census.cluster, node, &row.storage), Kind::Storage, name)
        .with("filesystem", row.plugintype.as_deref().and_then(filesystem))
        .with("usable_space_tb", row.maxdisk.filter(|bytes| *bytes > 0).map(tb));
    sight.on = node.map(|node| Key::node(&census.cluster, node));
    sight
}

/// What a type of storage says about how bytes are kept; a folder may lie on anything.
fn filesystem(plugin: &str) -> Option<&'static str> {
    Some(match plugin {
        "zfspool" => "ZFS",
        "lvm" => "LVM",
        "lvmthin" => "LVM-thin",
        "btrfs" => "BTRFS",
        "nfs" => "NFS",
        "cifs" => "SMB",
        "cephfs" => "CephFS",
        "rbd" => "Ceph RBD",
        "pbs" => "Proxmox Backup Server",
        _ => return None,
    })
}
