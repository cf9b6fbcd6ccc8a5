//! From the rows of the store to entries of the index.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, ItemId};
use labkeeper_core::rank::chunk;
use labkeeper_core::rank::facets::Facets;
use labkeeper_core::rank::index::{Entry, Owner};
use labkeeper_store::{ChangeLine, Memory, View};

use crate::inventory::rows::{Row, rows_of};

/// Entries of the journal that can be found; older ones are read by item.
const HISTORY: i64 = 2000;

/// So many items are read at once when all are: their rows take many times the room of what the index keeps of them.
const AT_ONCE: i64 = 2000;

/// The next items behind that one; none when there are no more.
pub(super) async fn items_after(view: &mut View, id: ItemId) -> Result<Vec<(Owner, Entry)>, Fault> {
    let items = view.items_after(id, AT_ONCE).await?;
    let mut entries = entries_of(view, &items).await?;
    let entry_of = |item: &Item| Some((Owner::Item(item.id), entries.remove(&item.id)?));
    Ok(items.iter().filter_map(entry_of).collect())
}

/// Every note and the newest of the journal, and the last entry among these.
pub(super) async fn records(view: &mut View) -> Result<(Vec<(Owner, Entry)>, i64), Fault> {
    let mut entries: Vec<(Owner, Entry)> = Vec::new();
    for memory in view.memories().await? {
        entries.push((Owner::Memory(memory.id), of_memory(&memory)));
    }
    let changes = view.change_lines(0, HISTORY).await?;
    let last = changes.last().map_or(0, |change| change.id);
    let touched: Vec<ItemId> = changes.iter().flat_map(|change| change.items.iter().copied()).collect();
    let names: HashMap<ItemId, String> =
        view.references(&touched).await?.into_iter().map(|found| (found.id, found.name)).collect();
    for change in changes {
        let touched: Vec<String> = change.items.iter().filter_map(|id| names.get(id)).cloned().collect();
        entries.push((Owner::Change(change.id), of_change(&change, &touched)));
    }
    Ok((entries, last))
}

/// Those items, and those that stand on them; `None` for one that is no more.
pub(super) async fn items(view: &mut View, touched: &[ItemId]) -> Result<Vec<(Owner, Option<Entry>)>, Fault> {
    let mut ids = touched.to_vec();
    // Whose host was renamed has another card.
    ids.extend(view.children_of(touched).await?);
    ids.sort_unstable();
    ids.dedup();
    let items = view.items_by_id(&ids).await?;
    let mut entries = entries_of(view, &items).await?;
    Ok(ids.into_iter().map(|id| (Owner::Item(id), entries.remove(&id))).collect())
}

async fn entries_of(view: &mut View, items: &[Item]) -> Result<HashMap<ItemId, Entry>, Fault> {
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    let rows = rows_of(view, items).await?;
    let parents: HashMap<ItemId, ItemId> =
        view.parents_of(&ids).await?.into_iter().map(|(child, _, parent)| (child, parent)).collect();
    let above: Vec<ItemId> = parents.values().copied().collect();
    let names: HashMap<ItemId, String> =
        view.references(&above).await?.into_iter().map(|found| (found.id, found.name)).collect();
    let mut networks: HashMap<ItemId, Vec<ItemId>> = HashMap::new();
    for (member, network) in view.networks_of(&ids).await? {
        networks.entry(member).or_default().push(network);
    }
    let entry_of = |(item, row): (&Item, &Row)| {
        let parent = parents.get(&item.id).copied();
        let name = parent.and_then(|parent| names.get(&parent)).map(String::as_str);
        (item.id, of_item(item, row, parent, name, networks.remove(&item.id).unwrap_or_default()))
    };
    Ok(items.iter().zip(&rows).map(entry_of).collect())
}

/// Those notes; `None` for one that was forgotten.
pub(super) async fn memories(view: &mut View, ids: &[i64]) -> Result<Vec<(Owner, Option<Entry>)>, Fault> {
    let mut entries = Vec::with_capacity(ids.len());
    for id in ids {
        let memory = view.memory(*id).await?;
        entries.push((Owner::Memory(*id), memory.as_ref().map(of_memory)));
    }
    Ok(entries)
}

/// Journal entries after that one, and the newest of them.
pub(super) async fn changes(
    view: &mut View,
    after: i64,
) -> Result<(Vec<(Owner, Option<Entry>)>, i64), Fault> {
    let changes = view.change_lines(after, HISTORY).await?;
    let last = changes.last().map_or(after, |change| change.id);
    let mut entries = Vec::with_capacity(changes.len());
    for change in changes {
        let touched: Vec<String> =
            view.references(&change.items).await?.into_iter().map(|item| item.name).collect();
        entries.push((Owner::Change(change.id), Some(of_change(&change, &touched))));
    }
    Ok((entries, last))
}

fn of_item(
    item: &Item,
    row: &Row,
    parent: Option<ItemId>,
    name: Option<&str>,
    networks: Vec<ItemId>,
) -> Entry {
    Entry {
        name: item.name.clone(),
        facets: Some(Facets::of(item, row, parent, networks)),
        keys: chunk::keys(item, row),
        chunks: chunk::of_item(item, row, name),
    }
}

fn of_memory(memory: &Memory) -> Entry {
    let chunks = chunk::of_memory(&memory.kind, &memory.text);
    let name = chunks.first().map(|chunk| chunk.name.clone()).unwrap_or_default();
    Entry { name, facets: None, keys: Vec::new(), chunks }
}

fn of_change(change: &ChangeLine, touched: &[String]) -> Entry {
    let chunk = chunk::of_change(&change.summary, &change.actor, touched);
    Entry { name: change.summary.clone(), facets: None, keys: Vec::new(), chunks: vec![chunk] }
}
