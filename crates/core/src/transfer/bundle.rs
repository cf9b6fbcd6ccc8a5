//! `labkeeper.export`, our own format: everything a hub holds but credentials, audit and journal.
//!
//! *Invariant:* the text depends on the state alone, row for row in a fixed order; only `exported_at` moves.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::lab::Lab;
use crate::icon;
use crate::inventory::{Kind, Link};
use crate::stamp::Stamp;

pub(crate) const FORMAT: &str = "labkeeper.export";

/// Version of the format that this labkeeper writes, and the newest it reads.
pub(crate) const VERSION: i64 = 1;

/// The export of `lab` as text, one row a line.
pub fn write(lab: &Lab, exported_at: Stamp) -> String {
    let mut counts: Map<String, Value> = Map::new();
    for kind in Kind::ALL {
        counts.insert(kind.key().into(), lab.items.iter().filter(|item| item.kind == kind).count().into());
    }
    let mut out = format!(
        "{{\n\"format\": \"{FORMAT}\",\n\"version\": {VERSION},\n\"exported_at\": \"{}\",\n\"counts\": {}",
        exported_at.text(),
        Value::Object(counts)
    );
    for (name, rows) in sections(lab) {
        out.push_str(&format!(",\n\"{name}\": ["));
        for (at, row) in rows.iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.push_str(&row.to_string());
        }
        out.push_str(if rows.is_empty() { "]" } else { "\n]" });
    }
    out.push_str("\n}\n");
    out
}

fn sections(lab: &Lab) -> [(&'static str, Vec<Value>); 9] {
    let mut items: Vec<_> = lab.items.iter().collect();
    items.sort_by_key(|item| item.id);
    let shown: HashSet<&str> = lab
        .items
        .iter()
        .filter_map(|item| item.fields.get("icon")?.as_str()?.strip_prefix(icon::PATH))
        .collect();
    let items = items.into_iter().map(|item| {
        let mut fields = item.fields.clone();
        fields.sort_keys();
        json!({
            "id": item.id, "kind": item.kind.key(), "name": item.name, "fields": fields,
            "created_at": item.created_at.text(), "updated_at": item.updated_at.text(),
        })
    });
    let mut links: Vec<Value> = lab.links.iter().map(link_row).collect();
    let link_key =
        |row: &Value| (row["from"].as_i64(), row["rel"].to_string(), row["to"].as_i64(), row.to_string());
    links.sort_by_cached_key(link_key);
    let mut layout: Vec<_> = lab.layout.iter().collect();
    layout.sort_by_key(|place| place.item);
    let layout = layout
        .into_iter()
        .map(|place| json!({"item": place.item, "x": place.x, "y": place.y, "pinned": place.pinned}));
    let observations = lab.observations.iter().map(|seen| {
        json!({
            "item": seen.item, "field": seen.field, "source": seen.source, "value": seen.value,
            "seen_at": seen.seen_at.text(), "changed_at": seen.changed_at.text(), "drift": seen.drift.as_str(),
        })
    });
    let sightings = lab.sightings.iter().map(|seen| {
        json!({
            "item": seen.item, "source": seen.source, "last_seen": seen.last_seen.text(),
            "missing_since": seen.missing_since.map(Stamp::text),
        })
    });
    let identities = lab
        .identities
        .iter()
        .map(|known| json!({"item": known.item, "scheme": known.scheme, "value": known.value}));
    let memories = lab.memories.iter().map(|note| {
        json!({
            "created_at": note.created_at.text(), "kind": note.kind, "text": note.text, "items": note.items,
            "actor": note.actor,
        })
    });
    let views = lab.views.iter().map(|view| {
        json!({
            "owner": view.owner, "principal": view.principal.kind(), "list": view.list, "name": view.name, "query": view.query,
            "columns": view.columns, "everyone": view.everyone, "opens": view.opens,
            "updated_at": view.updated_at.text(),
        })
    });
    let icons = lab.icons.iter().filter(|icon| shown.contains(icon.sha256.as_str())).map(
        |icon| json!({"sha256": icon.sha256, "mime": icon.mime, "content": STANDARD.encode(&icon.bytes)}),
    );
    [
        ("items", items.collect()),
        ("links", links),
        ("layout", layout.collect()),
        ("observations", in_order(observations)),
        ("sightings", in_order(sightings)),
        ("identities", in_order(identities)),
        ("memories", in_order(memories)),
        ("views", in_order(views)),
        ("icons", in_order(icons)),
    ]
}

/// By item first, then by everything else, as text.
fn in_order(rows: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut rows: Vec<Value> = rows.collect();
    rows.sort_by_cached_key(|row| (row["item"].as_i64(), row.to_string()));
    rows
}

fn link_row(link: &Link) -> Value {
    json!({
        "from": link.from_id, "rel": link.rel.as_str(), "to": link.to_id, "label": link.label, "data": link.data,
        "source": link.source, "created_at": link.created_at.text(), "updated_at": link.updated_at.text(),
    })
}
