//! Reading `labkeeper.export`: rows checked one by one, ids turned into positions.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::bundle::{FORMAT, VERSION};
use super::format::Format;
use super::incoming::{
    Carries, End, Incoming, IncomingIdentity, IncomingItem, IncomingLink, IncomingMemory,
    IncomingObservation, IncomingPosition, IncomingSighting, Place,
};
use super::problems::break_parent_circles;
use super::refusal::Refusal;
use super::report::Problem;
use super::salvage::salvage;
use crate::icon;
use crate::inventory::provenance::DriftState;
use crate::inventory::{Kind, Rel};
use crate::list_view::ListView;
use crate::principal::Principal;
use crate::stamp::Stamp;

/// Reads an export.
pub(crate) fn read(object: &Map<String, Value>) -> Result<Incoming, Refusal> {
    let version = object.get("version").and_then(Value::as_i64).unwrap_or_default();
    if version != VERSION {
        return Err(Refusal::new(format!(
            "the file is a {FORMAT} of version {version}, this labkeeper reads version {VERSION}: use the version that wrote it"
        )));
    }
    let carries = Carries { layout: true, members: true, edges: true, relationships: true, facts: true };
    let incoming = Incoming::new(Format::Labkeeper, carries);
    let mut reading =
        Reading { incoming, ids: HashMap::new(), pictures: HashMap::new(), said: HashSet::new() };
    let order =
        ["icons", "items", "links", "layout", "observations", "sightings", "identities", "memories", "views"];
    for table in order {
        match object.get(table) {
            Some(Value::Array(rows)) => reading.table(table, rows),
            None => {}
            Some(other) => {
                let problem =
                    Place::new(table, "whole").problem("is not a list of rows", "left out").value(other);
                reading.incoming.problems.push(problem);
            }
        }
    }
    for (name, value) in object {
        if !order.contains(&name.as_str())
            && !["format", "version", "exported_at", "counts"].contains(&name.as_str())
        {
            let problem =
                Place::new(name, "whole").problem("is not part of the format", "left out").value(value);
            reading.incoming.problems.push(problem);
        }
    }
    let mut incoming = reading.incoming;
    if incoming.items.is_empty() {
        return Err(Refusal::new(
            "the file holds no items: there is nothing to import, and an empty inventory is never taken for a backup",
        ));
    }
    break_parent_circles(&mut incoming);
    Ok(incoming)
}

struct Reading {
    incoming: Incoming,
    ids: HashMap<i64, usize>,
    /// Reference of an image as the file says it → as it is after checking.
    pictures: HashMap<String, String>,
    /// Keys of rows that may be there once only.
    said: HashSet<String>,
}

type Taken = Result<(), Box<Problem>>;

impl Reading {
    fn table(&mut self, table: &str, rows: &[Value]) {
        for (position, row) in rows.iter().enumerate() {
            self.incoming.count(table);
            let id = row.get("id").and_then(Value::as_i64).filter(|_| table == "items");
            let place =
                Place::new(table, id.map_or_else(|| json!(format!("row {}", position + 1)), Value::from));
            let taken = match row.as_object() {
                None => Err(Box::new(place.left_out("is not an object").value(row))),
                Some(row) => match table {
                    "icons" => self.icon(&place, row),
                    "items" => self.item(place, id, row),
                    "links" => self.link(&place, row),
                    "layout" => self.position(&place, row),
                    "observations" => self.observation(&place, row),
                    "sightings" => self.sighting(&place, row),
                    "identities" => self.identity(&place, row),
                    "memories" => self.memory(&place, row),
                    _ => self.view(&place, row),
                },
            };
            if let Err(problem) = taken {
                self.incoming.problems.push(*problem);
            }
        }
    }

    fn once(&mut self, place: &Place, key: impl std::fmt::Display) -> Taken {
        if self.said.insert(format!("{} {key}", place.table)) {
            return Ok(());
        }
        Err(Box::new(place.left_out("says the same as a row before it")))
    }

    fn icon(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let content = row.get("content").and_then(Value::as_str).unwrap_or_default();
        let bytes = STANDARD.decode(content).map_err(|_| place.left_out("is not base64").field("content"))?;
        let image =
            icon::accept(&bytes).map_err(|error| place.left_out(error.to_string()).field("content"))?;
        let said = row.get("sha256").and_then(Value::as_str).unwrap_or_default();
        let reference = self.incoming.keep_image(image);
        self.pictures.insert(format!("{}{said}", icon::PATH), reference);
        Ok(())
    }

    fn item(&mut self, place: Place, id: Option<i64>, row: &Map<String, Value>) -> Taken {
        let kind = row.get("kind").and_then(Value::as_str).and_then(Kind::parse);
        let Some(kind) = kind else {
            let shown = row.get("kind").cloned().unwrap_or_default();
            return Err(Box::new(
                place.left_out("is of a kind labkeeper does not know").field("kind").value(&shown),
            ));
        };
        let mut given = row.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(Value::String(icon)) = given.get_mut("icon")
            && let Some(reference) = self.pictures.get(icon.as_str())
        {
            icon.clone_from(reference);
        }
        given.insert(kind.spec().name_field.into(), row.get("name").cloned().unwrap_or_default());
        let (created_at, updated_at) = self.times(&place, row);
        let salvaged = salvage(kind, &given, &place, &mut self.incoming);
        let at = self.incoming.items.len();
        if id.is_some_and(|id| self.ids.contains_key(&id)) {
            let problem = place
                .problem("has the same id as a row before it", "imported; links to that id go to the first");
            self.incoming.problems.push(problem.field("id"));
        } else if let Some(id) = id {
            self.ids.insert(id, at);
        }
        let (name, fields) = (salvaged.name, salvaged.fields);
        self.incoming.items.push(IncomingItem { place, kind, id, name, fields, created_at, updated_at });
        Ok(())
    }

    fn times(&mut self, place: &Place, row: &Map<String, Value>) -> (Option<Stamp>, Option<Stamp>) {
        let mut read = |field: &str| {
            let value = row.get(field)?;
            let stamp = value.as_str().and_then(Stamp::parse);
            if stamp.is_none() {
                let problem = place.problem("is not a time", "the time of the import takes its place");
                self.incoming.problems.push(problem.field(field).value(value));
            }
            stamp
        };
        let (created, updated) = (read("created_at"), read("updated_at"));
        (created.or(updated), updated.or(created))
    }

    fn end(&self, place: &Place, row: &Map<String, Value>, field: &str) -> Result<usize, Box<Problem>> {
        let value = row.get(field).cloned().unwrap_or_default();
        let found = value.as_i64().and_then(|id| self.ids.get(&id)).copied();
        found.ok_or_else(|| {
            Box::new(place.left_out("points at an item the file does not hold").field(field).value(&value))
        })
    }

    fn link(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let Some(rel) = row.get("rel").and_then(Value::as_str).and_then(Rel::parse) else {
            let shown = row.get("rel").cloned().unwrap_or_default();
            return Err(Box::new(
                place.left_out("is no relation labkeeper knows").field("rel").value(&shown),
            ));
        };
        let (from, to) = (self.end(place, row, "from")?, self.end(place, row, "to")?);
        match rel {
            Rel::Parent => self.once(place, format_args!("{from} stands"))?,
            rel if rel.may_repeat() => {}
            rel => self.once(place, format_args!("{from} {} {to}", rel.as_str()))?,
        }
        let (created_at, updated_at) = self.times(place, row);
        self.incoming.links.push(IncomingLink {
            place: Some(place.clone()),
            from,
            rel,
            to: End::Item(to),
            label: text(row, "label"),
            data: row.get("data").filter(|data| !data.is_null()).cloned(),
            source: text(row, "source").unwrap_or_else(|| "asserted".into()),
            created_at,
            updated_at,
        });
        Ok(())
    }

    fn position(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let item = self.end(place, row, "item")?;
        let number = |name: &str| row.get(name).and_then(Value::as_f64);
        let (Some(x), Some(y)) = (number("x"), number("y")) else {
            return Err(Box::new(place.left_out("is no position: x and y must be numbers")));
        };
        self.once(place, item)?;
        let pinned = row.get("pinned").is_some_and(|value| value == true);
        self.incoming.layout.push(IncomingPosition { item, x, y, pinned });
        Ok(())
    }

    fn observation(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let item = self.end(place, row, "item")?;
        let (Some(field), Some(source), Some(value)) =
            (text(row, "field"), text(row, "source"), row.get("value"))
        else {
            return Err(Box::new(place.left_out("lacks field, source or value")));
        };
        let seen_at = stamp(place, row, "seen_at")?;
        let changed_at = stamp(place, row, "changed_at")?;
        self.once(place, format_args!("{item} {field} {source}"))?;
        let drift = text(row, "drift").and_then(|state| DriftState::parse(&state)).unwrap_or_default();
        let value = value.clone();
        self.incoming.observations.push(IncomingObservation {
            item,
            field,
            source,
            value,
            seen_at,
            changed_at,
            drift,
        });
        Ok(())
    }

    fn sighting(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let item = self.end(place, row, "item")?;
        let source = text(row, "source").ok_or_else(|| place.left_out("lacks a source"))?;
        let last_seen = stamp(place, row, "last_seen")?;
        self.once(place, format_args!("{item} {source}"))?;
        let missing_since = text(row, "missing_since").and_then(|text| Stamp::parse(&text));
        self.incoming.sightings.push(IncomingSighting { item, source, last_seen, missing_since });
        Ok(())
    }

    fn identity(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let item = self.end(place, row, "item")?;
        let (Some(scheme), Some(value)) = (text(row, "scheme"), text(row, "value")) else {
            return Err(Box::new(place.left_out("lacks scheme or value")));
        };
        self.once(place, format_args!("{scheme} {value}"))?;
        self.incoming.identities.push(IncomingIdentity { place: place.clone(), item, scheme, value });
        Ok(())
    }

    fn memory(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let body = text(row, "text").ok_or_else(|| place.left_out("lacks its text"))?;
        let created_at = stamp(place, row, "created_at")?;
        let mut items = Vec::new();
        for id in row.get("items").and_then(Value::as_array).into_iter().flatten() {
            match id.as_i64().and_then(|id| self.ids.get(&id)) {
                Some(at) => items.push(*at),
                None => {
                    let problem =
                        place.problem("is about an item the file does not hold", "kept without that link");
                    self.incoming.problems.push(problem.field("items").value(id));
                }
            }
        }
        let kind = text(row, "kind").unwrap_or_else(|| "note".into());
        let actor = text(row, "actor").unwrap_or_else(|| "import".into());
        self.incoming.memories.push(IncomingMemory { text: body, kind, items, actor, created_at });
        Ok(())
    }

    fn view(&mut self, place: &Place, row: &Map<String, Value>) -> Taken {
        let part =
            |field| text(row, field).ok_or_else(|| Box::new(place.left_out("lacks a part").field(field)));
        let (owner, list, name) = (part("owner")?, part("list")?, part("name")?);
        let principal = Principal::of_kind(&text(row, "principal").unwrap_or_default(), &owner);
        self.once(place, format_args!("{} {owner} {list} {name}", principal.kind()))?;
        let flag = |field| row.get(field).and_then(Value::as_bool).unwrap_or_default();
        let columns =
            text(row, "columns").filter(|columns| serde_json::from_str::<Vec<Value>>(columns).is_ok());
        let view = ListView {
            id: 0,
            rev: 1,
            principal,
            query: text(row, "query").unwrap_or_default(),
            columns,
            everyone: flag("everyone"),
            opens: flag("opens"),
            updated_at: stamp(place, row, "updated_at")?,
            owner,
            list,
            name,
        };
        self.incoming.views.push(view);
        Ok(())
    }
}

fn text(row: &Map<String, Value>, field: &str) -> Option<String> {
    row.get(field).and_then(Value::as_str).map(str::to_string)
}

fn stamp(place: &Place, row: &Map<String, Value>, field: &str) -> Result<Stamp, Box<Problem>> {
    let value = row.get(field).cloned().unwrap_or_default();
    let stamp = value.as_str().and_then(Stamp::parse);
    stamp.ok_or_else(|| Box::new(place.left_out("is not a time").field(field).value(&value)))
}
