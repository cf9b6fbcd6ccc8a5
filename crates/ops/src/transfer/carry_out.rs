//! Writing a plan, row by row, in the one transaction of the call.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Link;
use labkeeper_core::stamp::Stamp;
use labkeeper_core::transfer::{Identified, Observed, Plan, Remembered};
use labkeeper_store::{Event, Identity, Memory, NewLink, Observation, Position, Sighting, WriteTx};

/// Carries a plan out. Nothing is decided here; the order keeps the rules of the schema at every step.
///
/// # Errors
/// When the store fails; the caller drops the transaction then.
pub(crate) async fn carry_out(tx: &mut WriteTx, plan: &Plan, at: Stamp) -> Result<(), Fault> {
    remove(tx, plan).await?;
    for icon in &plan.icons {
        tx.keep_icon(icon.mime, &icon.bytes, at).await?;
    }
    for item in &plan.create_items {
        tx.insert_item_verbatim(item).await?;
    }
    for (before, after) in &plan.update_items {
        tx.update_item(before, &after.name, after.fields.clone(), after.updated_at).await?;
    }
    for link in &plan.create_links {
        tx.insert_link(new_link(link)).await?;
    }
    for (before, after) in &plan.update_links {
        tx.update_link(before, after.clone()).await?;
    }
    for place in &plan.set_layout {
        tx.set_position(Position { item_id: place.item, x: place.x, y: place.y, pinned: place.pinned })
            .await?;
    }
    for seen in &plan.put_observations {
        tx.put_observation(&observation(seen)).await?;
    }
    for seen in &plan.put_sightings {
        tx.put_sighting(&Sighting {
            item_id: seen.item,
            source: seen.source.clone(),
            last_seen: seen.last_seen,
            missing_since: seen.missing_since,
        })
        .await?;
    }
    for known in &plan.create_identities {
        tx.identify(known.item, &known.scheme, &known.value).await?;
    }
    for note in &plan.create_memories {
        tx.insert_memory(memory(note)).await?;
    }
    for view in &plan.create_views {
        tx.insert_list_view(view.clone()).await?;
    }
    if !plan.is_empty() {
        tx.announce(Event::plain("import", "finished"));
    }
    Ok(())
}

async fn remove(tx: &mut WriteTx, plan: &Plan) -> Result<(), Fault> {
    for link in &plan.delete_links {
        tx.delete_link(link).await?;
    }
    for item in &plan.delete_layout {
        tx.delete_layout(*item).await?;
    }
    for seen in &plan.delete_observations {
        tx.forget_observation(&observation(seen)).await?;
    }
    for known in &plan.delete_identities {
        tx.forget_identity(&identity(known)).await?;
    }
    for seen in &plan.delete_sightings {
        tx.forget_sighting(seen.item, &seen.source).await?;
    }
    for note in &plan.delete_memories {
        tx.delete_memory(&memory(note)).await?;
    }
    for view in &plan.delete_views {
        tx.delete_list_view(view).await?;
    }
    for item in &plan.delete_items {
        tx.delete_item(item).await?;
    }
    Ok(())
}

fn new_link(link: &Link) -> NewLink {
    let Link { from_id, rel, to_id, label, data, source, created_at, updated_at, .. } = link.clone();
    NewLink { from_id, rel, to_id, label, data, source, created_at, updated_at }
}

fn observation(seen: &Observed) -> Observation {
    Observation {
        id: seen.id,
        item_id: seen.item,
        field: seen.field.clone(),
        source: seen.source.clone(),
        value: seen.value.clone(),
        seen_at: seen.seen_at,
        changed_at: seen.changed_at,
        drift: seen.drift,
    }
}

fn identity(known: &Identified) -> Identity {
    Identity { id: known.id, item_id: known.item, scheme: known.scheme.clone(), value: known.value.clone() }
}

fn memory(note: &Remembered) -> Memory {
    Memory {
        id: note.id,
        text: note.text.clone(),
        kind: note.kind.clone(),
        links: note.items.clone(),
        actor: note.actor.clone(),
        created_at: note.created_at,
    }
}
