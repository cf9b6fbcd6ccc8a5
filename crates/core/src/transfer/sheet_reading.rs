//! Reading CSV: which kind a row is, a `type` column or the file's name says.

use csv::{Position, ReaderBuilder, StringRecord, Trim};
use serde_json::{Map, Value, json};

use super::format::Format;
use super::incoming::{Carries, End, Incoming, IncomingItem, IncomingLink, Place};
use super::problems::{offer_containers, warn_of_shared_addresses};
use super::refusal::Refusal;
use super::salvage::salvage;
use super::sheet::unguarded;
use super::sheet_header::{columns, delimiter, kind_in_name};
use crate::inventory::Kind;
use crate::stamp::Stamp;

/// Reads a table.
pub(crate) fn read(text: &str, file_name: Option<&str>) -> Result<Incoming, Refusal> {
    let of_file = file_name.and_then(kind_in_name);
    let (delimiter, table) = delimiter(text);
    let mut lines = Lines { table, at: 0, line: 1 + u64::from(table.len() < text.len()) };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(Trim::Headers)
        .from_reader(table.as_bytes());
    let header =
        reader.headers().map_err(|error| Refusal::new(format!("the file is no CSV table: {error}")))?.clone();
    let columns = columns(&header, of_file);
    let has_name = columns.iter().any(|name| name == "name" || name == "title");
    if !has_name {
        let shown: Vec<&str> = header.iter().take(5).collect();
        return Err(Refusal::new(format!(
            "the file is neither JSON nor a CSV table with a column \"name\" (its first line says {:?})",
            shown.join(", ").chars().take(80).collect::<String>()
        )));
    }
    if of_file.is_none() && !columns.iter().any(|name| name == "type") {
        return Err(Refusal::new(
            "the table does not say what it lists: add a column \"type\" (hardware, vms, apps …) or name the file after it, such as vms.csv",
        ));
    }
    let mut incoming = Incoming::new(Format::Csv, Carries::default());
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = lines.of(record.position());
                row(&record, line, &columns, of_file, &mut incoming);
            }
            Err(error) => {
                let line = lines.of(error.position());
                incoming.count("csv");
                let problem =
                    Place::new("csv", format!("line {line}")).left_out(format!("cannot be read: {error}"));
                incoming.problems.push(problem);
            }
        }
    }
    let Some(last) = incoming.items.last() else {
        return Err(Refusal::new("the table has no rows that could be imported"));
    };
    if ends_in_quotes(table, char::from(delimiter)) {
        let what = "has a quoted cell that is never closed: the file is cut off, or rows ran together";
        incoming.problems.push(last.place.problem(what, "imported as it could be read"));
    }
    warn_of_shared_addresses(&mut incoming);
    offer_containers(&mut incoming);
    Ok(incoming)
}

/// Lines of the file as an editor counts them: the reader does not count the end of a `\r\n` before a row.
struct Lines<'a> {
    table: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&Position>) -> u64 {
        let from = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let start = self.at;
        let between = self.table.as_bytes().get(self.at..).unwrap_or_default();
        let passed = between
            .iter()
            .enumerate()
            .take_while(|(offset, byte)| start + offset < from || matches!(byte, b'\r' | b'\n'));
        for (_, byte) in passed {
            self.at += 1;
            self.line += u64::from(*byte == b'\n');
        }
        self.line
    }
}

/// Whether the table ends within a cell that quotes opened.
fn ends_in_quotes(table: &str, delimiter: char) -> bool {
    let (mut quoted, mut at_start) = (false, true);
    for c in table.chars() {
        if quoted {
            quoted = c != '"';
        } else {
            // Two quotes within a quoted cell close and open it.
            quoted = c == '"' && at_start;
            at_start = c == delimiter || matches!(c, '\n' | '\r' | '"');
        }
    }
    quoted
}

/// The cells of a row by field.
struct Cells {
    fields: Map<String, Value>,
    custom: Map<String, Value>,
    /// Names of those in `custom` that no field was found for.
    strays: Vec<String>,
}

impl Cells {
    fn of(record: &StringRecord, columns: &[String]) -> Self {
        let mut cells = Self { fields: Map::new(), custom: Map::new(), strays: Vec::new() };
        for (at, cell) in record.iter().enumerate() {
            let text = unguarded(cell);
            if text.trim().is_empty() {
                continue;
            }
            match columns.get(at).map(String::as_str) {
                Some(name) if name.starts_with("custom.") => {
                    cells.custom.insert(name["custom.".len()..].into(), typed(text));
                }
                Some(name) if !name.is_empty() && !cells.fields.contains_key(name) => {
                    cells.fields.insert(name.into(), text.into());
                }
                _ => cells.stray(&format!("column {}", at + 1), text.into()),
            }
        }
        cells
    }

    fn stray(&mut self, name: &str, value: Value) {
        self.custom.insert(name.into(), value);
        self.strays.push(name.into());
    }

    /// Takes the kind out of its column; what names none may be what the kind itself calls its type.
    fn kind(&mut self, of_file: Option<Kind>) -> Result<Kind, Value> {
        let given = self.fields.shift_remove("type").unwrap_or_default();
        let said = given.as_str().and_then(Kind::guess);
        let Some(kind) = said.or(of_file) else { return Err(given) };
        if said.is_none() && !given.is_null() {
            match kind.spec().fields.iter().find(|field| field.label == "Type") {
                Some(field) if !self.fields.contains_key(field.name) => {
                    self.fields.insert(field.name.into(), given);
                }
                _ => self.stray("type", given),
            }
        }
        Ok(kind)
    }

    fn id(&mut self) -> Option<i64> {
        let given = self.fields.shift_remove("id")?;
        let id = given.as_str().and_then(|text| text.trim().parse().ok());
        if id.is_none() {
            self.stray("id", given);
        }
        id
    }

    /// Names that kinds have for the same thing.
    fn rename(&mut self, kind: Kind) {
        let name_field = kind.spec().name_field;
        let other = if name_field == "name" { "title" } else { "name" };
        if !self.fields.contains_key(name_field)
            && let Some(value) = self.fields.shift_remove(other)
        {
            self.fields.insert(name_field.into(), value);
        }
        if kind == Kind::Shares
            && let Some(value) = self.fields.shift_remove("ip_address")
        {
            self.fields.insert("ip".into(), value);
        }
    }
}

fn row(record: &StringRecord, line: u64, columns: &[String], of_file: Option<Kind>, incoming: &mut Incoming) {
    if record.iter().all(|cell| cell.trim().is_empty()) {
        return;
    }
    let mut cells = Cells::of(record, columns);
    let kind = match cells.kind(of_file) {
        Ok(kind) => kind,
        Err(shown) => {
            incoming.count("csv");
            let problem =
                Place::new("csv", format!("line {line}")).left_out("does not say what it is").field("type");
            incoming.problems.push(problem.value(&shown));
            return;
        }
    };
    incoming.count(kind.key());
    let place = Place::new(kind.key(), format!("line {line}"));
    let id = cells.id();
    cells.rename(kind);
    let Cells { mut fields, custom, strays } = cells;
    for stray in strays {
        let problem = place.problem("is not a field labkeeper has", "kept under custom");
        incoming.problems.push(problem.value(&custom[&stray]).field(stray));
    }
    let mut stamp = |field: &str| {
        let value = fields.shift_remove(field)?;
        let stamp = value.as_str().and_then(Stamp::parse);
        if stamp.is_none() {
            let problem = place.problem("is not a time", "the time of the import takes its place");
            incoming.problems.push(problem.field(field).value(&value));
        }
        stamp
    };
    let (created_at, updated_at) = (stamp("created_at"), stamp("updated_at"));
    let mut parents = Vec::new();
    for (field, parent) in kind.spec().parents() {
        if let Some(Value::String(text)) = fields.shift_remove(field) {
            parents.push((field, parent, text));
        }
    }
    if !custom.is_empty() {
        fields.insert("custom".into(), json!(custom));
    }
    let salvaged = salvage(kind, &fields, &place, incoming);
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
