//! The backups of guests, wherever a cluster keeps them.

use std::collections::BTreeMap;

use futures::future::join_all;
use labkeeper_core::health::{Seen, Unseen};
use labkeeper_core::pve::calls::storage;
use labkeeper_core::pve::{BackupVolume, NodeName, NodeRow, StorageId, StorageRow, StoredVolume};

use super::eye::Eye;

/// Every backup, of each storage that keeps some; of one that the nodes share, from one of them.
pub(super) async fn backups(
    eye: &Eye<'_>,
    nodes: &[NodeRow],
    storages: &[StorageRow],
) -> Seen<Vec<BackupVolume>> {
    let is_online = |name: &NodeName| nodes.iter().any(|row| row.node == *name && row.is_online());
    let mut places: BTreeMap<(Option<&NodeName>, &StorageId), &StorageRow> = BTreeMap::new();
    for row in storages.iter().filter(|row| row.content.iter().any(|kind| kind == "backup")) {
        let place = ((row.shared != Some(true)).then_some(&row.node), &row.storage);
        let known = places.entry(place).or_insert(row);
        if is_online(&row.node) && !is_online(&known.node) {
            *known = row;
        }
    }
    if places.is_empty() {
        return none_seen(eye);
    }
    let looks = places.values().map(|row| async {
        if !is_online(&row.node) {
            let problem =
                format!("the backups on {} of {} cannot be read while it is away", row.storage, row.node);
            return Err(Unseen { problem, remedy: "start the node".into() });
        }
        eye.see_all(storage::backups(&row.node, &row.storage)).await
    });
    let mut backups = Vec::new();
    for volumes in join_all(looks).await {
        backups.extend(volumes?.iter().filter_map(StoredVolume::backup));
    }
    Ok(backups)
}

/// No storage for backups, or none that the token may see.
fn none_seen(eye: &Eye<'_>) -> Seen<Vec<BackupVolume>> {
    let sees = eye.held.as_ref().is_some_and(|held| held.allow("/storage", "Datastore.Audit"));
    if sees {
        return Ok(Vec::new());
    }
    Err(Unseen {
        problem: "not seen: needs Datastore.Audit on /storage".into(),
        remedy: "give the token the role PVEAuditor on /".into(),
    })
}
