//! Rows of many items at once: their parents and observations are read together.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::field::Shape;
use labkeeper_core::inventory::provenance::precedence;
use labkeeper_core::inventory::row;
use labkeeper_core::inventory::{Item, ItemId, Kind};
use labkeeper_store::{ItemFilter, Observation, View};
use serde_json::{Map, Value};

/// A row in wire form.
pub type Row = Map<String, Value>;

/// What each item stands on.
pub type Parents = HashMap<ItemId, (Kind, ItemId)>;

/// The freshest observation of each field, by item.
pub type Observed = HashMap<ItemId, Map<String, Value>>;

/// Rows of those items, in their order.
///
/// # Errors
/// When the store fails.
pub async fn rows_of(view: &mut View, items: &[Item]) -> Result<Vec<Row>, Fault> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
    let parents = parents_map(view.parents_of(&ids).await?);
    let observed = freshest(view.observations_of(&ids).await?);
    Ok(items.iter().map(|item| one(item, &parents, &observed)).collect())
}

/// The row of one item.
///
/// # Errors
/// When the store fails.
pub async fn row_of(view: &mut View, item: &Item) -> Result<Row, Fault> {
    let mut rows = rows_of(view, std::slice::from_ref(item)).await?;
    if item.kind == Kind::Storage {
        nest_shares(view, &mut rows).await?;
    }
    Ok(rows.remove(0))
}

/// Gives each pool its shares, without which the predecessor never showed one.
///
/// # Errors
/// When the store fails.
pub async fn nest_shares(view: &mut View, pools: &mut [Row]) -> Result<(), Fault> {
    let id = |row: &Row, name: &str| row.get(name).and_then(Value::as_i64);
    let ids: Vec<ItemId> = pools.iter().filter_map(|pool| id(pool, "id")).collect();
    let mut shares = view.items_on(&ids).await?;
    shares.retain(|child| child.kind == Kind::Shares);
    let mut by_pool: HashMap<Option<ItemId>, Vec<Value>> = HashMap::new();
    for share in rows_of(view, &shares).await? {
        by_pool.entry(id(&share, "storage_id")).or_default().push(share.into());
    }
    for pool in pools {
        let shares = by_pool.remove(&id(pool, "id")).unwrap_or_default();
        pool.insert("shares".into(), shares.into());
    }
    Ok(())
}

/// Every item of a kind with its row.
///
/// # Errors
/// When the store fails.
pub async fn rows_of_kind(view: &mut View, kind: Kind) -> Result<Vec<(Item, Row)>, Fault> {
    let items = view.items(ItemFilter::Kind(kind)).await?;
    let parents = parents_map(view.parents(Some(kind)).await?);
    let observed = freshest(view.observations_of_kind(kind, None).await?);
    Ok(items
        .into_iter()
        .map(|item| {
            let row = one(&item, &parents, &observed);
            (item, row)
        })
        .collect())
}

/// Of each item of a kind, the row with these fields and `id` only.
///
/// # Errors
/// When the store fails.
pub(super) async fn parts_of_kind(view: &mut View, kind: Kind, fields: &[&str]) -> Result<Vec<Row>, Fault> {
    let is_parent =
        |name: &&str| kind.spec().field(name).is_some_and(|field| matches!(field.shape, Shape::Parent(_)));
    let items = view.items_in_part(kind, &row::stored_fields(kind, fields)).await?;
    let parents = match fields.iter().any(is_parent) {
        true => parents_map(view.parents(Some(kind)).await?),
        false => Parents::new(),
    };
    let observed = freshest(view.observations_of_kind(kind, Some(fields)).await?);
    let part = |item: &Item| row::part(item, parents.get(&item.id).copied(), observed.get(&item.id), fields);
    Ok(items.iter().map(part).collect())
}

/// Every item of the lab with its row.
///
/// # Errors
/// When the store fails.
pub async fn rows_of_everything(view: &mut View) -> Result<Vec<(Item, Row)>, Fault> {
    let items = view.items(ItemFilter::All).await?;
    let parents = parents_map(view.parents(None).await?);
    let observed = freshest(view.observations(None).await?);
    Ok(items
        .into_iter()
        .map(|item| {
            let row = one(&item, &parents, &observed);
            (item, row)
        })
        .collect())
}

fn one(item: &Item, parents: &Parents, observed: &Observed) -> Row {
    row::row(item, parents.get(&item.id).copied(), observed.get(&item.id))
}

/// Triples of the store as a map.
pub fn parents_map(triples: Vec<(ItemId, Kind, ItemId)>) -> Parents {
    triples.into_iter().map(|(child, kind, parent)| (child, (kind, parent))).collect()
}

/// The best observation of each field: by precedence of the source, then by freshness.
pub fn freshest(observations: Vec<Observation>) -> Observed {
    let mut best: HashMap<(ItemId, String), Observation> = HashMap::new();
    for observation in observations {
        let key = (observation.item_id, observation.field.clone());
        let rank = |observation: &Observation| (precedence(&observation.source), observation.seen_at);
        if best.get(&key).is_none_or(|known| rank(known) < rank(&observation)) {
            best.insert(key, observation);
        }
    }
    let mut observed = Observed::new();
    for ((item, field), observation) in best {
        observed.entry(item).or_default().insert(field, observation.value);
    }
    observed
}
