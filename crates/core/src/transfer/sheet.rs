//! Writing CSV: one row an item, the header names the fields.

use std::collections::{BTreeSet, HashMap};

use csv::Writer;
use serde_json::Value;

use super::lab::Lab;
use crate::inventory::{Item, Kind, Rel, Shape, address};

/// Characters with which a spreadsheet takes a cell for a formula, and our mark against that.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// Items of `kind`, or of every kind with a `type` column in front. Columns that nobody filled are there too,
/// so that the file can be filled in.
pub fn write(lab: &Lab, kind: Option<Kind>) -> String {
    let kinds: Vec<Kind> = kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    let items: Vec<&Item> = lab.items.iter().filter(|item| kinds.contains(&item.kind)).collect();
    let mut columns: Vec<String> = vec!["id".into()];
    if kind.is_none() {
        columns.push("type".into());
    }
    columns.push(kind.map_or("name", |kind| kind.spec().name_field).into());
    for kind in &kinds {
        for field in kind.spec().fields {
            if !columns.iter().any(|known| known == field.name) {
                columns.push(field.name.into());
            }
        }
    }
    columns.push("tags".into());
    let custom: BTreeSet<String> =
        items.iter().flat_map(|item| custom_of(item)).map(|(name, _)| format!("custom.{name}")).collect();
    columns.extend(custom);
    columns.extend(["created_at".into(), "updated_at".into()]);

    let parents: HashMap<i64, i64> = lab
        .links
        .iter()
        .filter(|link| link.rel == Rel::Parent)
        .map(|link| (link.from_id, link.to_id))
        .collect();
    let kind_of: HashMap<i64, Kind> = lab.items.iter().map(|item| (item.id, item.kind)).collect();
    let mut writer = Writer::from_writer(Vec::new());
    let mut record = |cells: Vec<String>| writer.write_record(cells).expect("writing to memory succeeds");
    record(columns.clone());
    for item in items {
        let parent = parents.get(&item.id).and_then(|id| Some((*kind_of.get(id)?, *id)));
        record(columns.iter().map(|column| cell(item, column, parent)).collect());
    }
    let bytes = writer.into_inner().expect("writing to memory succeeds");
    String::from_utf8(bytes).expect("cells are text")
}

fn custom_of(item: &Item) -> Vec<(&String, &Value)> {
    item.fields.get("custom").and_then(Value::as_object).map(|map| map.iter().collect()).unwrap_or_default()
}

fn cell(item: &Item, column: &str, parent: Option<(Kind, i64)>) -> String {
    let spec = item.kind.spec();
    let addresses = || address::stored(item.fields.get("addresses"));
    let joined = |parts: Vec<String>| parts.join(", ");
    match column {
        "id" => item.id.to_string(),
        "type" => item.kind.key().into(),
        "created_at" => item.created_at.text(),
        "updated_at" => item.updated_at.text(),
        "tags" => item.tags().join(", "),
        "name" | "title" => guarded(&item.name),
        _ => match spec.field(column).map(|field| field.shape) {
            Some(Shape::Address) => {
                joined(addresses().into_iter().filter_map(|address| address.ip).collect())
            }
            Some(Shape::Mac) => joined(addresses().into_iter().filter_map(|address| address.mac).collect()),
            Some(Shape::Parent(kind)) => {
                parent.filter(|(of, _)| *of == kind).map(|(_, id)| id.to_string()).unwrap_or_default()
            }
            Some(_) => item.fields.get(column).map(plain).unwrap_or_default(),
            None => {
                let name = column.strip_prefix("custom.");
                let value =
                    name.and_then(|name| custom_of(item).into_iter().find(|(known, _)| *known == name));
                value.map(|(_, value)| plain(value)).unwrap_or_default()
            }
        },
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => guarded(text),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A text that a spreadsheet would run is marked with an apostrophe, which reading takes off again.
fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.into() }
}

/// What a cell said before it was marked.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        _ => text,
    }
}
