//! From the rows of the store to entries of the index.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, ItemId, Rel};
use labkeeper_core::rank::chunk;
use labkeeper_core::rank::facets::Facets;
use labkeeper_core::rank::index::{Entry, Owner};
use labkeeper_store::{ChangeLine, Memory, View};

use crate::inventory::rows::{Row, rows_of, rows_of_everything};

/// Entries of the journal that can be found; older ones are read by item.
const HISTORY: i64 = 2000;

/// Everything there is, and the newest journal entry among it.
pub(super) async fn everything(view: &mut View) -> Result<(Vec<(Owner, Entry)>, i64), Fault> {
    let rows = rows_of_everything(view).await?;
    let names: HashMap<ItemId, &str> = rows.iter().map(|(item, _)| (item.id, item.name.as_str())).collect();
    let parents: HashMap<ItemId, ItemId> =
        view.parents(None).await?.into_iter().map(|(child, _, parent)| (child, parent)).collect();
    let mut networks: HashMap<ItemId, Vec<ItemId>> = HashMap::new();
    for link in view.links(Some(Rel::MemberOf)).await? {
        networks.entry(link.from_id).or_default().push(link.to_id);
    }
    let mut entries: Vec<(Owner, Entry)> = rows
        .iter()
        .map(|(item, row)| {
            let parent = parents.get(&item.id).copied();
            let name = parent.and_then(|parent| names.get(&parent).copied());
            let networks = networks.remove(&item.id).unwrap_or_default();
            (Owner::Item(item.id), of_item(item, row, parent, name, networks))
        })
        .collect();
    for memory in view.memories().await? {
        entries.push((Owner::Memory(memory.id), of_memory(&memory)));
    }
    let changes = view.change_lines(0, HISTORY).await?;
    let last = changes.last().map_or(0, |change| change.id);
    for change in changes {
        let touched: Vec<String> =
            change.items.iter().filter_map(|id| names.get(id)).map(|name| (*name).to_string()).collect();
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
    let rows = rows_of(view, &items).await?;
    let parents: HashMap<ItemId, ItemId> =
        view.parents_of(&ids).await?.into_iter().map(|(child, _, parent)| (child, parent)).collect();
    let above: Vec<ItemId> = parents.values().copied().collect();
    let names: HashMap<ItemId, String> =
        view.references(&above).await?.into_iter().map(|found| (found.id, found.name)).collect();
    let mut found: HashMap<ItemId, Entry> = HashMap::with_capacity(items.len());
    for (item, row) in items.iter().zip(&rows) {
        let member_of = view.links_of(item.id).await?.into_iter();
        let networks = member_of.filter(|link| link.rel == Rel::MemberOf && link.from_id == item.id);
        let networks = networks.map(|link| link.to_id).collect();
        let parent = parents.get(&item.id).copied();
        let name = parent.and_then(|parent| names.get(&parent)).map(String::as_str);
        found.insert(item.id, of_item(item, row, parent, name, networks));
    }
    Ok(ids.into_iter().map(|id| (Owner::Item(id), found.remove(&id))).collect())
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
