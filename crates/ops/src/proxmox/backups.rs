//! The backups of guests, wherever a cluster keeps them.

use std::collections::BTreeMap;

use futures::future::join_all;
use labkeeper_core::health::{PlacedBackup, SeenBackups, Unseen};
use labkeeper_core::pve::calls::storage;
use labkeeper_core::pve::{NodeName, NodeRow, StorageId, StorageRow, StoredVolume};

use super::eye::Eye;

/// The backups on each storage that keeps some; of one that the nodes share, from one of them. A storage that cannot be read
/// takes nothing from what the others show.
pub(super) async fn backups(eye: &Eye<'_>, nodes: &[NodeRow], storages: &[StorageRow]) -> SeenBackups {
    let is_online = |name: &NodeName| nodes.iter().any(|row| row.node == *name && row.is_online());
    let mut places: BTreeMap<(Option<&NodeName>, &StorageId), &StorageRow> = BTreeMap::new();
    for row in storages.iter().filter(|row| row.content.iter().any(|kind| kind == "backup")) {
        let place = ((row.shared != Some(true)).then_some(&row.node), &row.storage);
        let known = places.entry(place).or_insert(row);
        if is_online(&row.node) && !is_online(&known.node) {
            *known = row;
        }
    }
    let looks = places.iter().map(|((node, _), row)| async move {
        if !is_online(&row.node) {
            let problem =
                format!("the backups on {} of {} cannot be read while it is away", row.storage, row.node);
            return Err(Unseen { problem, remedy: "start the node".into() });
        }
        let volumes = eye.see_all(storage::backups(&row.node, &row.storage)).await?;
        Ok((*node, volumes))
    });
    let mut seen = SeenBackups { backups: Vec::new(), unseen: hidden_storages(eye).into_iter().collect() };
    for volumes in join_all(looks).await {
        match volumes {
            Ok((node, volumes)) => {
                let volumes = volumes.iter().filter_map(StoredVolume::backup);
                seen.backups.extend(volumes.map(|volume| PlacedBackup { node: node.cloned(), volume }));
            }
            Err(unseen) => seen.unseen.push(unseen),
        }
    }
    seen
}

/// What keeps storages out of the list of the cluster.
fn hidden_storages(eye: &Eye<'_>) -> Option<Unseen> {
    let sees = eye.held.as_ref().is_some_and(|held| held.allow_all("/storage", "Datastore.Audit"));
    (!sees).then(|| Unseen {
        problem: "not seen: needs Datastore.Audit on /storage and all below".into(),
        remedy: "give the token the role PVEAuditor on /".into(),
    })
}
