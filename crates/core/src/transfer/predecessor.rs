//! The predecessor's data: its seven-key JSON and the rows of its SQLite file, whatever their age and state.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::format::Format;
use super::incoming::{Carries, End, Incoming, IncomingItem, IncomingLink, Place};
use super::problems;
use super::refusal::Refusal;
use super::salvage::salvage;
use crate::inventory::{Kind, Rel};
use crate::stamp::Stamp;

/// The tables that hold items, in the order in which they are read: a parent's before its children's.
const ITEM_TABLES: [(&str, Kind); 8] = [
    ("hardware", Kind::Hardware),
    ("vms", Kind::Vms),
    ("apps", Kind::Apps),
    ("storage", Kind::Storage),
    ("shares", Kind::Shares),
    ("networks", Kind::Networks),
    ("misc", Kind::Misc),
    ("documents", Kind::Documents),
];

/// Tables that are no rows of an inventory and are read past without a word.
const HOUSEKEEPING: [&str; 3] = ["alembic_version", "sqlite_sequence", "sqlite_stat1"];

/// Whether a JSON object looks like the predecessor's export.
pub(crate) fn looks_familiar(object: &Map<String, Value>) -> bool {
    ITEM_TABLES.iter().any(|(table, _)| object.get(*table).is_some_and(Value::is_array))
}

/// The predecessor's export, as an object of arrays.
pub(crate) fn read_json(object: &Map<String, Value>) -> Result<Incoming, Refusal> {
    let mut tables = Vec::new();
    let mut strays = Vec::new();
    for (name, value) in object {
        match value {
            Value::Array(rows) => tables.push((name.clone(), rows.clone())),
            Value::Null => {}
            other => strays.push((name.clone(), other.clone())),
        }
    }
    let mut incoming = read_tables(Format::HubJson, tables)?;
    for (name, value) in strays {
        let problem = Place::new(&name, "whole").problem("is not a list of rows", "left out");
        incoming.problems.push(problem.value(&value));
    }
    Ok(incoming)
}

/// Rows by table name, from JSON or from SQLite.
///
/// # Errors
/// When there is not a single item among them.
pub fn read_tables(format: Format, tables: Vec<(String, Vec<Value>)>) -> Result<Incoming, Refusal> {
    let has = |name: &str| tables.iter().any(|(table, _)| table == name);
    let carries = Carries {
        layout: has("map_layout"),
        members: has("network_members"),
        edges: has("map_edges"),
        relationships: has("relationships"),
        facts: false,
    };
    let mut reading = Reading {
        incoming: Incoming::new(format, carries),
        ids: HashMap::new(),
        parents: Vec::new(),
        placed: HashSet::new(),
        linked: HashSet::new(),
    };
    let mut by_name: HashMap<String, Vec<Value>> = HashMap::new();
    let mut unknown = Vec::new();
    for (name, rows) in tables {
        let known =
            ITEM_TABLES.iter().any(|(table, _)| *table == name) || LINK_TABLES.contains(&name.as_str());
        if known {
            by_name.entry(name).or_default().extend(rows);
        } else if !HOUSEKEEPING.contains(&name.as_str()) && !rows.is_empty() {
            unknown.push((name, rows));
        }
    }
    for (table, kind) in ITEM_TABLES {
        for (position, row) in by_name.remove(table).unwrap_or_default().into_iter().enumerate() {
            reading.item_row(table, kind, position, row, None);
        }
    }
    reading.settle_parents();
    for table in LINK_TABLES {
        for (position, row) in by_name.remove(table).unwrap_or_default().into_iter().enumerate() {
            reading.link_row(table, position, row);
        }
    }
    let mut incoming = reading.incoming;
    for (name, rows) in unknown {
        *incoming.rows_in.entry(name.clone()).or_default() += rows.len();
        let mut problem = Place::new(&name, "all").left_out("is a table labkeeper does not know");
        problem.rows_left_out = rows.len();
        incoming.problems.push(problem);
    }
    if incoming.items.is_empty() {
        return Err(Refusal::new(
            "the file holds no items: there is nothing to import, and an empty inventory is never taken for a backup",
        ));
    }
    problems::break_parent_circles(&mut incoming);
    problems::warn_of_shared_addresses(&mut incoming);
    problems::offer_containers(&mut incoming);
    Ok(incoming)
}

const LINK_TABLES: [&str; 4] = ["network_members", "map_edges", "relationships", "map_layout"];

pub(super) struct Reading {
    pub(super) incoming: Incoming,
    /// Position of each row by table and id.
    pub(super) ids: HashMap<(Kind, i64), usize>,
    /// What each item says it stands on: field, kind, value.
    parents: Vec<(usize, &'static str, Kind, Value)>,
    pub(super) placed: HashSet<usize>,
    pub(super) linked: HashSet<(usize, Rel, usize)>,
}

impl Reading {
    /// `storage` is the position of the pool that a nested share was found in.
    fn item_row(&mut self, table: &str, kind: Kind, position: usize, row: Value, storage: Option<usize>) {
        self.incoming.count(table);
        let Value::Object(mut row) = row else {
            let place = Place::new(table, format!("row {}", position + 1));
            self.incoming.problems.push(place.left_out("is not an object").value(&row));
            return;
        };
        let id = row.shift_remove("id").and_then(|id| whole(&id));
        let place = Place::new(table, id.map_or_else(|| json!(format!("row {}", position + 1)), Value::from));
        if storage.is_none() && kind == Kind::Shares && self.read_before(kind, id, &row) {
            self.incoming.problems.push(place.left_out("is the same share as one nested in its storage"));
            return;
        }
        let nested = row.shift_remove("shares").filter(|_| kind == Kind::Storage);
        let (created_at, updated_at) = self.times(&mut row, &place);
        let (at, parents_before) = (self.incoming.items.len(), self.parents.len());
        for (field, parent) in kind.spec().parents() {
            if let Some(value) = row.shift_remove(field) {
                self.parents.push((at, field, parent, value));
            }
        }
        self.former_columns(kind, &mut row, &place);
        let salvaged = salvage(kind, &row, &place, &mut self.incoming);
        if let Some(id) = id {
            if let std::collections::hash_map::Entry::Vacant(e) = self.ids.entry((kind, id)) {
                e.insert(at);
            } else {
                let problem = place.problem(
                    "has the same id as a row before it",
                    "imported; links to that id go to the first",
                );
                self.incoming.problems.push(problem.field("id"));
            }
        }
        let (name, fields) = (salvaged.name, salvaged.fields);
        self.incoming.items.push(IncomingItem {
            place: place.clone(),
            kind,
            id: None,
            name,
            fields,
            created_at,
            updated_at,
        });
        if let Some(storage) = storage {
            let home = &self.incoming.items[storage].place.row;
            let said = self.parents.drain(parents_before..).find_map(|(.., value)| whole(&value));
            if said.is_some_and(|said| *home != said) {
                let problem =
                    place.problem("names another storage than the one it is in", "kept in the one it is in");
                self.incoming.problems.push(problem.field("storage_id"));
            }
            self.incoming.links.push(IncomingLink::parent(at, End::Item(storage)));
        }
        match nested {
            Some(Value::Array(shares)) => {
                for (position, share) in shares.into_iter().enumerate() {
                    self.item_row("shares", Kind::Shares, position, share, Some(at));
                }
            }
            Some(Value::Null) | None => {}
            Some(other) => {
                let problem = place.problem("is not a list of shares", "left out");
                self.incoming.problems.push(problem.field("shares").value(&other));
            }
        }
    }

    fn read_before(&self, kind: Kind, id: Option<i64>, row: &Map<String, Value>) -> bool {
        let known = id.and_then(|id| self.ids.get(&(kind, id))).map(|at| &self.incoming.items[*at]);
        known.is_some_and(|known| {
            row.get("name").and_then(Value::as_str).map(str::trim) == Some(known.name.as_str())
        })
    }

    pub(super) fn times(
        &mut self,
        row: &mut Map<String, Value>,
        place: &Place,
    ) -> (Option<Stamp>, Option<Stamp>) {
        let mut read = |field: &str| match row.shift_remove(field) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(value) => {
                let stamp = value.as_str().and_then(Stamp::parse);
                if stamp.is_none() {
                    let problem = place.problem("is not a time", "the time of the import takes its place");
                    self.incoming.problems.push(problem.field(field).value(&value));
                }
                stamp
            }
        };
        let (created, updated) = (read("created_at"), read("updated_at"));
        (created.or(updated), updated.or(created))
    }

    /// Columns of older schemas and blobs of JSON in text.
    fn former_columns(&mut self, kind: Kind, row: &mut Map<String, Value>, place: &Place) {
        for (old, new) in [("raw_space_gb", "raw_space_tb"), ("usable_space_gb", "usable_space_tb")] {
            if kind != Kind::Storage || row.get(new).is_some_and(|value| !value.is_null()) {
                continue;
            }
            let Some(gigabytes) = row.get(old).and_then(number) else {
                row.retain(|name, value| name != old || !value.is_null());
                continue;
            };
            row.shift_remove(old);
            row.insert(new.into(), json!(gigabytes / 1024.0));
            let problem =
                place.problem("is in GB, as in older versions", format!("divided by 1024 into {new}"));
            self.incoming.problems.push(problem.field(old).value(&json!(gigabytes)));
        }
        let properties = row.get("properties").and_then(Value::as_str).map(serde_json::from_str);
        if let (Kind::Misc, Some(Ok(Value::Object(facts)))) = (kind, properties) {
            let usable = facts.keys().all(|name| !name.trim().is_empty() && name.len() <= 100);
            if usable && !facts.is_empty() && !row.contains_key("custom") {
                row.shift_remove("properties");
                row.insert("custom".into(), Value::Object(facts));
            }
        }
    }

    fn settle_parents(&mut self) {
        let mut chosen: HashMap<usize, (&'static str, usize)> = HashMap::new();
        for (child, field, kind, value) in std::mem::take(&mut self.parents) {
            let blank = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
            if blank {
                continue;
            }
            let place = self.incoming.items[child].place.clone();
            let Some(parent) = whole(&value).and_then(|id| self.ids.get(&(kind, id))).copied() else {
                let what = format!("points at a row of {} that does not exist", kind.key());
                let problem = place.problem(what, "imported, standing on nothing").field(field).value(&value);
                self.incoming.problems.push(problem);
                self.remember_in_notes(child, field, &value);
                continue;
            };
            // The nearer one wins: an app on a VM on a host stands on the VM.
            match chosen.insert(child, (field, parent)) {
                Some((first, other)) => {
                    let what = format!("stands on two things, {first} and {field}");
                    let host = self.incoming.items[other].name.clone();
                    let problem = place.problem(what, format!("{field} kept, {first} noted in the notes"));
                    self.incoming.problems.push(problem.field(first));
                    self.remember_in_notes(child, first, &host.into());
                }
                None => continue,
            }
        }
        let mut chosen: Vec<(usize, usize)> =
            chosen.into_iter().map(|(child, (_, parent))| (child, parent)).collect();
        chosen.sort_unstable();
        self.incoming
            .links
            .extend(chosen.into_iter().map(|(child, parent)| IncomingLink::parent(child, End::Item(parent))));
        self.incoming.links.sort_by_key(|link| link.from);
    }

    /// What a parent column said stays readable when it could not become a link and was no mere number.
    fn remember_in_notes(&mut self, child: usize, field: &str, value: &Value) {
        let item = &mut self.incoming.items[child];
        let Some(text) = value.as_str().filter(|text| whole(&(*text).into()).is_none()) else { return };
        if item.kind.spec().field("notes").is_none() {
            return;
        }
        let notes = item.fields.get("notes").and_then(Value::as_str).unwrap_or_default().trim_end();
        let gap = if notes.is_empty() { "" } else { "\n" };
        let notes = format!("{notes}{gap}{field}: {text}");
        item.fields.insert("notes".into(), notes.into());
        item.fields.sort_keys();
    }
}

/// A whole number, also when it is written as text or as a float.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
