//! An export that the predecessor reads: its seven keys, its columns and nothing else.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::lab::Lab;
use crate::inventory::{Item, Kind, Rel, address, row};

/// The predecessor's seven keys with its own columns only, shares inside their storage, so that it can read
/// them. Containers go as VMs, as its users kept them.
pub fn write(lab: &Lab) -> Value {
    let parents: HashMap<i64, (Kind, i64)> = lab
        .links
        .iter()
        .filter(|link| link.rel == Rel::Parent)
        .filter_map(|link| {
            Some((link.from_id, (lab.items.iter().find(|item| item.id == link.to_id)?.kind, link.to_id)))
        })
        .collect();
    let mut tables: Map<String, Value> = Map::new();
    for key in ["hardware", "vms", "apps", "storage", "networks", "misc", "documents"] {
        tables.insert(key.into(), json!([]));
    }
    let mut shares: HashMap<i64, Vec<Value>> = HashMap::new();
    let mut loose: Vec<Value> = Vec::new();
    for item in &lab.items {
        let row = former_row(item, parents.get(&item.id).copied());
        match item.kind {
            Kind::Shares => match parents.get(&item.id) {
                Some((_, storage)) => shares.entry(*storage).or_default().push(row.into()),
                None => loose.push(row.into()),
            },
            Kind::Containers => push(&mut tables, "vms", row),
            kind => push(&mut tables, kind.key(), row),
        }
    }
    if let Some(rows) = tables.get_mut("storage").and_then(Value::as_array_mut) {
        for row in rows {
            let id = row["id"].as_i64().unwrap_or_default();
            row["shares"] = shares.remove(&id).unwrap_or_default().into();
        }
    }
    if !loose.is_empty() {
        tables.insert("shares".into(), loose.into());
    }
    Value::Object(tables)
}

fn push(tables: &mut Map<String, Value>, key: &str, row: Map<String, Value>) {
    if let Some(rows) = tables.get_mut(key).and_then(Value::as_array_mut) {
        rows.push(row.into());
    }
}

/// Fields of ours that the predecessor has no column for.
const STRANGE: [&str; 11] = [
    "addresses",
    "tags",
    "custom",
    "rev",
    "vmid",
    "container_id",
    "unprivileged",
    "onboot",
    "template",
    "open_ports",
    "page_title",
];

/// The predecessor knows neither lists of addresses nor custom fields, and refuses columns it does not know.
fn former_row(item: &Item, parent: Option<(Kind, i64)>) -> Map<String, Value> {
    let parent_of_vm =
        parent.map(|(kind, id)| if kind == Kind::Containers { (Kind::Vms, id) } else { (kind, id) });
    let mut row = row::row(item, parent_of_vm, None);
    let list = address::stored(item.fields.get("addresses"));
    let ips: Vec<&str> = list.iter().filter_map(|address| address.ip.as_deref()).collect();
    if let Some(field) = item.kind.spec().address_field().filter(|_| ips.len() > 1) {
        row.insert(field.into(), ips.join(", ").into());
    }
    if let (Kind::Misc, Some(custom)) = (item.kind, item.fields.get("custom"))
        && row.get("properties").is_none_or(Value::is_null)
    {
        row.insert("properties".into(), custom.to_string().into());
    }
    for strange in STRANGE {
        row.shift_remove(strange);
    }
    row
}
