//! `inventory_merge`: two entries for one thing become one.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Link, Rel, address};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{View, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::mentions::leave_network;
use super::rows::{Row, row_of};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Merge two items that are the same thing: `keep` stays and wins, `merge` gives what `keep` lacks and is gone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryMerge {
    /// The item that stays.
    pub keep: ItemId,
    /// The item of the same kind that goes into it.
    pub merge: ItemId,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Merged {
    /// The row of the item that stayed.
    pub data: Row,
    /// The item that went into it.
    pub merged: ItemRef,
}

impl Operation for InventoryMerge {
    type Output = Merged;
    const META: Meta = Meta::write("inventory_merge", "Merge two items", Toolset::Inventory)
        .destructive()
        .routes(&[Route::post("/api/items/{keep}/merge")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let (keep, merge) = both(&mut view, self.keep, self.merge).await?;
        let (taken, kept) = compare(&keep, &merge);
        let summary = format!("merge {} into {}", merge.name, keep.name);
        let evidence = shared_evidence(&keep, &merge);
        Ok(Plan::confirm(&summary, format!("{} is gone afterwards", merge.name))
            .with(json!({"evidence": evidence, "taken": taken, "kept_where_both_differ": kept})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Merged, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let (keep, merge) = both(tx, self.keep, self.merge).await?;
        let identities = tx.identities(Some(merge.id)).await?;
        let observations = tx.observations(Some(merge.id)).await?;
        repoint(tx, &keep, &merge, at).await?;
        leave_network(tx, merge.id, Some(keep.id), at).await?;
        tx.delete_item(&merge).await?;
        for identity in identities {
            tx.identify(keep.id, &identity.scheme, &identity.value).await?;
        }
        for seen in observations {
            tx.observe(keep.id, &seen.field, &seen.source, &seen.value, seen.seen_at).await?;
        }
        let kept = tx.update_item(&keep, &keep.name, union(&keep, &merge), at).await?;
        Ok(Merged { data: row_of(tx, &kept).await?, merged: merge.reference() })
    }
}

async fn both(view: &mut View, keep: ItemId, merge: ItemId) -> Result<(Item, Item), Fault> {
    let missing = |field: &str, id: ItemId| Fault::invalid(field, format!("there is no item {id}"));
    let first = view.item(keep).await?.ok_or_else(|| missing("keep", keep))?;
    let second = view.item(merge).await?.ok_or_else(|| missing("merge", merge))?;
    if keep == merge {
        return Err(Fault::invalid("merge", "an item cannot be merged with itself"));
    }
    if first.kind != second.kind {
        let (a, b) = (first.kind.spec().label, second.kind.spec().label);
        return Err(Fault::invalid("merge", format!("a {b} cannot become part of a {a}")));
    }
    Ok((first, second))
}

/// Addresses, MACs, serial and names that both have: why they may be the same thing.
fn shared_evidence(keep: &Item, merge: &Item) -> Vec<String> {
    let mut evidence = Vec::new();
    let theirs = address::stored(merge.fields.get("addresses"));
    for mine in address::stored(keep.fields.get("addresses")) {
        for (what, value) in [("MAC", &mine.mac), ("address", &mine.ip)] {
            if let Some(value) = value
                && theirs
                    .iter()
                    .any(|other| other.mac.as_ref() == Some(value) || other.ip.as_ref() == Some(value))
            {
                evidence.push(format!("same {what} {value}"));
            }
        }
    }
    for field in ["serial_number", "hostname", "vmid"] {
        let value = keep.fields.get(field).filter(|value| merge.fields.get(field) == Some(value));
        evidence.extend(value.map(|value| {
            format!("same {field} {}", value.as_str().map_or_else(|| value.to_string(), Into::into))
        }));
    }
    if keep.name.eq_ignore_ascii_case(&merge.name) {
        evidence.push(format!("same name {}", keep.name));
    }
    evidence
}

/// Fields that `keep` takes over, and fields where both say something else and `keep` wins.
fn compare(keep: &Item, merge: &Item) -> (Map<String, Value>, Vec<Value>) {
    let mut taken = Map::new();
    let mut kept = Vec::new();
    for (name, theirs) in &merge.fields {
        match keep.fields.get(name) {
            None => {
                taken.insert(name.clone(), theirs.clone());
            }
            Some(mine) if mine != theirs => {
                kept.push(json!({"field": name, "kept": mine, "given_up": theirs}));
            }
            Some(_) => {}
        }
    }
    (taken, kept)
}

/// The fields of both, `keep` winning; tags, custom fields and addresses are united.
fn union(keep: &Item, merge: &Item) -> Map<String, Value> {
    let mut fields = merge.fields.clone();
    fields.extend(keep.fields.clone());
    let tags: Vec<&str> = keep
        .tags()
        .into_iter()
        .chain(merge.tags().into_iter().filter(|tag| !keep.tags().contains(tag)))
        .collect();
    if !tags.is_empty() {
        fields.insert("tags".into(), json!(tags));
    }
    let custom =
        |item: &Item| item.fields.get("custom").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut united = custom(merge);
    united.extend(custom(keep));
    if !united.is_empty() {
        fields.insert("custom".into(), Value::Object(united));
    }
    let mut addresses = address::stored(keep.fields.get("addresses"));
    for other in address::stored(merge.fields.get("addresses")) {
        let known = addresses.iter().any(|mine| mine.ip == other.ip && mine.mac == other.mac);
        if !known {
            addresses.push(address::Address { primary: addresses.is_empty(), ..other });
        }
    }
    if !addresses.is_empty() {
        fields.insert("addresses".into(), json!(addresses));
    }
    fields.sort_keys();
    fields
}

/// Links of `merge` become links of `keep`, unless `keep` has them already or they would point at itself.
async fn repoint(tx: &mut WriteTx, keep: &Item, merge: &Item, at: Stamp) -> Result<(), Fault> {
    let mut present: Vec<Link> = tx.links_of(keep.id).await?;
    for link in tx.links_of(merge.id).await? {
        let end = |id: ItemId| if id == merge.id { keep.id } else { id };
        let moved =
            Link { from_id: end(link.from_id), to_id: end(link.to_id), updated_at: at, ..link.clone() };
        let to_itself = moved.from_id == moved.to_id;
        let repeated = present.iter().any(|known| {
            let same_ends = (known.from_id, known.to_id) == (moved.from_id, moved.to_id);
            let second_parent = known.rel == Rel::Parent && known.from_id == moved.from_id;
            known.rel == moved.rel && (second_parent || (same_ends && !moved.rel.may_repeat()))
        });
        if to_itself || repeated {
            tx.delete_link(&link).await?;
        } else {
            present.push(tx.update_link(&link, moved).await?);
        }
    }
    Ok(())
}
