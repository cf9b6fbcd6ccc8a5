//! The whole state of the hub at one moment, as core exports and plans over it.

use std::collections::HashSet;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::transfer::{
    IdSpace, Identified, Incoming, Lab, Observed, Picture, Placed, Remembered, Sighted,
};
use labkeeper_store::{ItemFilter, View};

/// Reads everything an export carries.
///
/// # Errors
/// When the store fails.
pub(crate) async fn lab(view: &mut View) -> Result<Lab, Fault> {
    let layout = view.positions().await?.into_iter();
    let observations = view.observations(None).await?.into_iter();
    let sightings = view.sightings(None).await?.into_iter();
    let identities = view.identities(None).await?.into_iter();
    let memories = view.memories().await?.into_iter();
    let views = view.list_views().await?;
    let icons = view.icons().await?.into_iter();
    let items = view.items(ItemFilter::All).await?;
    // A note outlives what it was about; a file speaks only of what it holds.
    let there: HashSet<ItemId> = items.iter().map(|item| item.id).collect();
    Ok(Lab {
        items,
        links: view.links(None).await?,
        layout: layout.map(|at| Placed { item: at.item_id, x: at.x, y: at.y, pinned: at.pinned }).collect(),
        observations: observations
            .map(|seen| Observed {
                id: seen.id,
                item: seen.item_id,
                field: seen.field,
                source: seen.source,
                value: seen.value,
                seen_at: seen.seen_at,
                changed_at: seen.changed_at,
                drift: seen.drift,
            })
            .collect(),
        sightings: sightings
            .map(|seen| Sighted {
                item: seen.item_id,
                source: seen.source,
                last_seen: seen.last_seen,
                missing_since: seen.missing_since,
            })
            .collect(),
        identities: identities
            .map(|known| Identified {
                id: known.id,
                item: known.item_id,
                scheme: known.scheme,
                value: known.value,
            })
            .collect(),
        memories: memories
            .map(|note| Remembered {
                id: note.id,
                text: note.text,
                kind: note.kind,
                items: note.links.into_iter().filter(|item| there.contains(item)).collect(),
                actor: note.actor,
                created_at: note.created_at,
            })
            .collect(),
        views,
        icons: icons
            .map(|icon| Picture { sha256: icon.sha256, mime: icon.mime, bytes: icon.bytes })
            .collect(),
    })
}

/// Which ids are free for what the file brings.
///
/// # Errors
/// When the store fails.
pub(crate) async fn id_space(view: &mut View, incoming: &Incoming) -> Result<IdSpace, Fault> {
    let wanted = incoming.wanted_ids();
    let former = if wanted.is_empty() { Vec::new() } else { view.former_items(&wanted).await? };
    let last = view.last_item_id().await?;
    Ok(IdSpace { last, former: former.into_iter().map(|(id, kind, birth)| (id, (kind, birth))).collect() })
}
