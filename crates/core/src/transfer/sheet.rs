//! CSV: one row an item, the header names the fields; which kind it is, a `type` column or the file's name says.

use std::collections::{BTreeSet, HashMap};

use csv::{ReaderBuilder, StringRecord, Trim, Writer};
use serde_json::{Map, Value, json};

use super::format::Format;
use super::incoming::{Carries, End, Incoming, IncomingItem, IncomingLink, Place};
use super::lab::Lab;
use super::problems::{offer_containers, warn_of_shared_addresses};
use super::refusal::Refusal;
use super::salvage::salvage;
use crate::inventory::{Item, Kind, Rel, Shape, address};
use crate::stamp::Stamp;

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

fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        _ => text,
    }
}

/// Reads a table.
pub(crate) fn read(text: &str, file_name: Option<&str>) -> Result<Incoming, Refusal> {
    let of_file = file_name.and_then(kind_in_name);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(Trim::Headers)
        .from_reader(text.as_bytes());
    let header =
        reader.headers().map_err(|error| Refusal::new(format!("the file is no CSV table: {error}")))?.clone();
    let columns = Columns::of(&header, of_file);
    let has_name = columns.names.iter().any(|name| name == "name" || name == "title");
    if !has_name {
        let shown: Vec<&str> = header.iter().take(5).collect();
        return Err(Refusal::new(format!(
            "the file is neither JSON nor a CSV table with a column \"name\" (its first line says {:?})",
            shown.join(", ").chars().take(80).collect::<String>()
        )));
    }
    if of_file.is_none() && !columns.names.iter().any(|name| name == "type") {
        return Err(Refusal::new(
            "the table does not say what it lists: add a column \"type\" (hardware, vms, apps …) or name the file after it, such as vms.csv",
        ));
    }
    let mut incoming = Incoming::new(Format::Csv, Carries::default());
    for record in reader.records() {
        match record {
            Ok(record) => row(&record, &columns, of_file, &mut incoming),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                incoming.count("csv");
                let problem =
                    Place::new("csv", format!("line {line}")).left_out(format!("cannot be read: {error}"));
                incoming.problems.push(problem);
            }
        }
    }
    if incoming.items.is_empty() {
        return Err(Refusal::new("the table has no rows that could be imported"));
    }
    warn_of_shared_addresses(&mut incoming);
    offer_containers(&mut incoming);
    Ok(incoming)
}

/// Semicolons and tabs are usual where the comma is the decimal mark.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |c: char| head.matches(c).count();
    [(b',', count(',')), (b';', count(';')), (b'\t', count('\t'))]
        .into_iter()
        .rev()
        .max_by_key(|(_, n)| *n)
        .map_or(b',', |(c, _)| c)
}

/// `labkeeper-vms (1).csv` lists VMs.
fn kind_in_name(file_name: &str) -> Option<Kind> {
    let stem = file_name.rsplit(['/', '\\']).next()?.to_lowercase();
    let stem = stem
        .strip_suffix(".csv")
        .or(stem.strip_suffix(".tsv"))
        .or(stem.strip_suffix(".txt"))
        .unwrap_or(&stem)
        .to_string();
    stem.split(|c: char| !c.is_alphanumeric())
        .filter(|word| *word != "labkeeper" && *word != "homelab")
        .find_map(|word| Kind::guess(word).or_else(|| Kind::guess(word.strip_suffix('s')?)))
}

struct Columns {
    /// Field of each column, `""` for none.
    names: Vec<String>,
}

impl Columns {
    fn of(header: &StringRecord, kind: Option<Kind>) -> Self {
        let names = header
            .iter()
            .map(|given| field_name(given.trim_start_matches('\u{feff}').trim(), kind))
            .collect();
        Self { names }
    }
}

/// A column may be headed by a field's name or by its label.
fn field_name(given: &str, kind: Option<Kind>) -> String {
    if given.starts_with("custom.") {
        return given.into();
    }
    let squeezed = given.to_lowercase().replace([' ', '-'], "_");
    match squeezed.as_str() {
        "kind" | "type" => return "type".into(),
        "ip" | "ip_addresses" if kind != Some(Kind::Shares) => return "ip_address".into(),
        "mac" => return "mac_address".into(),
        _ => {}
    }
    let fields = kind.into_iter().flat_map(|kind| kind.spec().fields);
    let labelled = fields.into_iter().find(|field| field.label.eq_ignore_ascii_case(given));
    labelled.map_or(squeezed, |field| field.name.to_string())
}

fn row(record: &StringRecord, columns: &Columns, of_file: Option<Kind>, incoming: &mut Incoming) {
    let line = record.position().map_or(0, csv::Position::line);
    if record.iter().all(|cell| cell.trim().is_empty()) {
        return;
    }
    let mut cells: Map<String, Value> = Map::new();
    let mut custom: Map<String, Value> = Map::new();
    for (at, cell) in record.iter().enumerate() {
        let text = unguarded(cell);
        if text.trim().is_empty() {
            continue;
        }
        match columns.names.get(at).map(String::as_str) {
            Some(name) if name.starts_with("custom.") => {
                custom.insert(name["custom.".len()..].into(), typed(text));
            }
            Some(name) if !name.is_empty() && !cells.contains_key(name) => {
                cells.insert(name.into(), text.into());
            }
            _ => {
                custom.insert(format!("column {}", at + 1), text.into());
            }
        }
    }
    let said = cells.get("type").and_then(Value::as_str).and_then(Kind::guess);
    let Some(kind) = said.or(of_file) else {
        incoming.count("csv");
        let shown = cells.get("type").cloned().unwrap_or_default();
        let problem =
            Place::new("csv", format!("line {line}")).left_out("does not say what it is").field("type");
        incoming.problems.push(problem.value(&shown));
        return;
    };
    if said.is_some() {
        cells.shift_remove("type");
    } else if let Some(value) = cells.shift_remove("type") {
        custom.insert("type".into(), value);
    }
    incoming.count(kind.key());
    let place = Place::new(kind.key(), format!("line {line}"));
    let id = cells.shift_remove("id").and_then(|id| id.as_str()?.trim().parse().ok());
    let mut stamp = |field: &str| {
        let value = cells.shift_remove(field)?;
        let stamp = value.as_str().and_then(Stamp::parse);
        if stamp.is_none() {
            let problem = place.problem("is not a time", "the time of the import takes its place");
            incoming.problems.push(problem.field(field).value(&value));
        }
        stamp
    };
    let (created_at, updated_at) = (stamp("created_at"), stamp("updated_at"));
    for alias in ["name", "title"] {
        if alias != kind.spec().name_field
            && !cells.contains_key(kind.spec().name_field)
            && let Some(value) = cells.shift_remove(alias)
        {
            cells.insert(kind.spec().name_field.into(), value);
        }
    }
    if let Some(value) = cells.shift_remove("ip_address").filter(|_| kind == Kind::Shares) {
        cells.insert("ip".into(), value);
    }
    let mut parents = Vec::new();
    for (field, parent) in kind.spec().parents() {
        if let Some(Value::String(text)) = cells.shift_remove(field) {
            parents.push((field, parent, text));
        }
    }
    if !custom.is_empty() {
        cells.insert("custom".into(), json!(custom));
    }
    let salvaged = salvage(kind, &cells, &place, incoming);
    let at = incoming.items.len();
    // The nearest one counts: an app on a VM on a host stands on the VM.
    if let Some((field, parent, text)) = parents.pop() {
        incoming.links.push(IncomingLink::parent(at, End::Named { kind: parent, text, field }));
    }
    for (field, _, text) in parents {
        let problem =
            place.problem("stands on two things", "the nearer one kept").field(field).value(&text.into());
        incoming.problems.push(problem);
    }
    let (name, fields) = (salvaged.name, salvaged.fields);
    incoming.items.push(IncomingItem { place, kind, id, name, fields, created_at, updated_at });
}

/// Numbers, truth values and JSON in free columns keep their type.
fn typed(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if !value.is_string() && value == text => value,
        _ => text.into(),
    }
}
