//! Writing items: the one path for creating, changing and removing, used by every operation that does.

use std::collections::HashMap;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::admit::{Draft, OnUnknown, admit, merged};
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind, Link, Rel, graph};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{NewItem, NewLink, View, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::icon_upload::keep_inline_icon;
use super::mentions;
use super::rows::{Row, row_of};

/// What becomes of the things that stand on something that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cascade {
    /// They stay, standing on nothing.
    Detach,
    /// They go too.
    Delete,
}

/// A written row, and what was kept elsewhere than asked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WrittenRow {
    /// The row as it is now.
    pub data: Row,
    /// What was not taken as given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Creates an item of `kind` from `data`.
///
/// # Errors
/// The first field that is not acceptable.
pub async fn create(
    tx: &mut WriteTx,
    kind: Kind,
    data: &Map<String, Value>,
    on_unknown: OnUnknown,
    at: Stamp,
) -> Result<(Item, WrittenRow), Fault> {
    let data = keep_inline_icon(tx, data, at).await?;
    let draft = admit(kind, &data, None, on_unknown)?;
    let name = match (&draft.name, kind) {
        (Some(name), _) => name.clone(),
        (None, Kind::Documents) => "Untitled".into(),
        (None, _) => {
            let field = kind.spec().name_field;
            return Err(Fault::invalid(field, format!("{} needs a {field}", kind.spec().label)));
        }
    };
    let fields = merged(&Map::new(), &draft);
    mentions::must_exist(tx, &fields, None).await?;
    let item = tx.insert_item(NewItem { kind, name, fields, created_at: at, updated_at: at }).await?;
    if let Some(Some(parent)) = draft.parent {
        set_parent(tx, &item, Some(parent), at).await?;
    }
    let data = row_of(tx, &item).await?;
    Ok((item, WrittenRow { data, warnings: warnings(&draft) }))
}

/// Changes an item. `rev` is the revision the caller read; a newer one on disk stops the write.
///
/// # Errors
/// [`Code::NotFound`], [`Code::StaleRevision`] with both versions, or the first field that is not acceptable.
pub async fn update(
    tx: &mut WriteTx,
    kind: Kind,
    id: ItemId,
    data: &Map<String, Value>,
    rev: Option<i64>,
    on_unknown: OnUnknown,
    at: Stamp,
) -> Result<(Item, WrittenRow), Fault> {
    let before = item_of_kind(tx, kind, id).await?;
    let data = keep_inline_icon(tx, data, at).await?;
    let draft = admit(kind, &data, Some(&before.fields), on_unknown)?;
    if let Some(yours) = rev.or(draft.rev).filter(|rev| *rev != before.rev) {
        let current = row_of(tx, &before).await?;
        return Err(Fault::new(
            Code::StaleRevision,
            format!("{} was changed since you read it", before.name),
        )
        .with_field("rev")
        .with_hint("look at both versions, then send your changes with the current rev")
        .with_details(json!({"current": current, "yours": yours})));
    }
    let name = draft.name.clone().unwrap_or_else(|| before.name.clone());
    let fields = merged(&before.fields, &draft);
    mentions::must_exist(tx, &fields, Some(&before.fields)).await?;
    let moved = match draft.parent {
        Some(parent) => set_parent(tx, &before, parent, at).await?,
        None => false,
    };
    let item = if name != before.name || fields != before.fields || moved {
        tx.update_item(&before, &name, fields, at).await?
    } else {
        before
    };
    let data = row_of(tx, &item).await?;
    Ok((item, WrittenRow { data, warnings: warnings(&draft) }))
}

fn warnings(draft: &Draft) -> Vec<String> {
    draft
        .kept_as_custom
        .iter()
        .map(|name| format!("there is no field \"{name}\": kept under custom"))
        .collect()
}

/// The item, which must be of that kind.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn item_of_kind(tx: &mut View, kind: Kind, id: ItemId) -> Result<Item, Fault> {
    tx.item(id)
        .await?
        .filter(|item| item.kind == kind)
        .ok_or_else(|| Fault::not_found(format!("there is no {} {id}", kind.spec().label.to_lowercase())))
}

/// Puts an item on a parent, or on nothing. Answers whether anything changed.
///
/// # Errors
/// When the parent does not exist, is of another kind, or would close a circle.
pub async fn set_parent(
    tx: &mut WriteTx,
    item: &Item,
    parent: Option<(Kind, ItemId)>,
    at: Stamp,
) -> Result<bool, Fault> {
    let known = tx.parent_link(item.id).await?;
    let wanted = parent.map(|(_, id)| id);
    if known.as_ref().map(|link| link.to_id) == wanted {
        return Ok(false);
    }
    if let Some(parent) = parent {
        may_stand_on(tx, item, parent).await?;
    }
    if let Some(link) = known {
        tx.delete_link(&link).await?;
    }
    if let Some(to_id) = wanted {
        tx.insert_link(NewLink {
            from_id: item.id,
            rel: Rel::Parent,
            to_id,
            label: None,
            data: None,
            source: "asserted".into(),
            created_at: at,
            updated_at: at,
        })
        .await?;
    }
    Ok(true)
}

/// That the item may be put on that parent.
///
/// # Errors
/// When the parent does not exist, is of another kind, or would close a circle.
pub(super) async fn may_stand_on(
    view: &mut View,
    item: &Item,
    (kind, id): (Kind, ItemId),
) -> Result<(), Fault> {
    let field = item.kind.spec().parents().find(|(_, of)| *of == kind).map_or("parent", |(name, _)| name);
    if view.item(id).await?.is_none_or(|found| found.kind != kind) {
        let label = kind.spec().label.to_lowercase();
        return Err(Fault::invalid(field, format!("{field}: there is no {label} {id}")));
    }
    refuse_circle(view, item, id, field).await
}

async fn refuse_circle(view: &mut View, item: &Item, parent: ItemId, field: &str) -> Result<(), Fault> {
    let mut way = vec![parent];
    way.extend(view.ancestors(parent).await?);
    let parents: HashMap<ItemId, ItemId> = way.windows(2).map(|step| (step[0], step[1])).collect();
    let Some(chain) = graph::cycle(item.id, parent, |id| parents.get(&id).copied()) else { return Ok(()) };
    let mut names = Vec::new();
    for id in chain {
        names.push(view.item(id).await?.map_or_else(|| id.to_string(), |item| item.name));
    }
    Err(Fault::invalid(field, format!("that would close a circle: {}", names.join(" → "))))
}

/// Something that stands on an item, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dependant {
    /// Which item.
    #[serde(flatten)]
    pub item: ItemRef,
    /// Relation by which it depends.
    pub via: Rel,
}

/// What stands directly on the item.
///
/// # Errors
/// When the store fails.
pub async fn dependants(view: &mut View, id: ItemId) -> Result<Vec<Dependant>, Fault> {
    let links: Vec<Link> = view.links_of(id).await?;
    let depending: Vec<&Link> =
        links.iter().filter(|link| link.to_id == id && link.rel.carries_impact()).collect();
    let ids: Vec<ItemId> = depending.iter().map(|link| link.from_id).collect();
    let names: HashMap<ItemId, ItemRef> =
        view.references(&ids).await?.into_iter().map(|item| (item.id, item)).collect();
    Ok(depending
        .into_iter()
        .filter_map(|link| Some(Dependant { item: names.get(&link.from_id)?.clone(), via: link.rel }))
        .collect())
}

/// Removes an item; answers everything that went.
///
/// # Errors
/// [`Code::HasDependants`] with the list when something stands on it and `cascade` does not say what to do.
pub async fn delete(
    tx: &mut WriteTx,
    item: &Item,
    cascade: Option<Cascade>,
    at: Stamp,
) -> Result<Vec<ItemRef>, Fault> {
    let standing = dependants(tx, item.id).await?;
    if cascade.is_none() && !standing.is_empty() {
        return Err(has_dependants(item, &standing));
    }
    let mut gone = Vec::new();
    let mut queue = vec![item.clone()];
    while let Some(next) = queue.pop() {
        if cascade == Some(Cascade::Delete) {
            for child in tx.children_of(&[next.id]).await? {
                queue.extend(tx.item(child).await?);
            }
        }
        if next.kind == Kind::Networks {
            mentions::leave_network(tx, next.id, None, at).await?;
        }
        tx.delete_item(&next).await?;
        gone.push(next.reference());
    }
    Ok(gone)
}

pub(crate) fn has_dependants(item: &Item, standing: &[Dependant]) -> Fault {
    let names: Vec<&str> = standing.iter().take(5).map(|dependant| dependant.item.name.as_str()).collect();
    let more = if standing.len() > 5 { format!(" and {} more", standing.len() - 5) } else { String::new() };
    Fault::new(Code::HasDependants, format!("{} is needed by {}{more}", item.name, names.join(", ")))
        .with_field("cascade")
        .with_hint(
            "cascade=detach leaves them standing on nothing, cascade=delete removes what stands on it too",
        )
        .with_details(json!({"dependants": standing}))
}
