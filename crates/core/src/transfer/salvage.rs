//! One row of a file, field by field: what fits is taken, what does not is kept as text and reported.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Map, Value, json};

use super::format::Format;
use super::incoming::{Incoming, Place};
use crate::icon;
use crate::inventory::admit::{MAX_NAME, OnUnknown, admit};
use crate::inventory::derived::is_derived;
use crate::inventory::{Kind, KindSpec, Shape, address};

/// A name and the fields that go with it, in stored form.
pub(crate) struct Salvaged {
    pub(crate) name: String,
    pub(crate) fields: Map<String, Value>,
}

/// Longer texts that do not fit their field go to `custom` instead of the notes.
const LONGEST_NOTE: usize = 10_000;

/// Reads the fields of a row; ids, times and parents were taken out before.
pub(crate) fn salvage(kind: Kind, row: &Map<String, Value>, place: &Place, into: &mut Incoming) -> Salvaged {
    let mut rescue = Rescue { spec: kind.spec(), place, into, fields: Map::new(), kept: Vec::new() };
    for (name, value) in row {
        rescue.field(name, value);
    }
    let name = rescue.name(row);
    let fields = rescue.finish();
    Salvaged { name, fields }
}

struct Rescue<'a> {
    spec: &'static KindSpec,
    place: &'a Place,
    into: &'a mut Incoming,
    /// What will be admitted together at the end.
    fields: Map<String, Value>,
    /// Field and text of what did not fit.
    kept: Vec<(String, String)>,
}

impl Rescue<'_> {
    fn field(&mut self, name: &str, value: &Value) {
        let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
        let shape = self.spec.field(name).map(|field| field.shape);
        let says_nothing = value.is_null() || (blank && !self.may_be_blank(shape, value));
        if says_nothing || name == self.spec.name_field {
            return;
        }
        match shape {
            Some(Shape::Icon) => self.icon(name, value),
            Some(Shape::Address) => self.addresses(name, value, ip),
            Some(Shape::Mac) => self.addresses(name, value, |part| address::mac(part).ok()),
            Some(Shape::Boolean) => self.boolean(name, value),
            Some(_) => self.take(name, value),
            None if matches!(name, "_type" | "type" | "kind" | "rev") || is_derived(name) => {
                let problem = self.place.problem("is computed, not a field of its own", "left out");
                self.into.problems.push(problem.field(name).value(value));
            }
            None => {
                if !matches!(name, "tags" | "custom" | "addresses") {
                    let problem = self.place.problem("is not a field labkeeper has", "kept under custom");
                    self.into.problems.push(problem.field(name).value(value));
                }
                self.take(name, value);
            }
        }
    }

    /// Our own exports say exactly what was stored; the predecessor's forms left "" where nothing was meant.
    fn may_be_blank(&self, shape: Option<Shape>, value: &Value) -> bool {
        match shape {
            Some(Shape::LongText) => self.into.format == Format::Labkeeper,
            Some(Shape::Markdown) => self.into.format == Format::Labkeeper || value != "",
            _ => false,
        }
    }

    /// Takes a value if the door of the inventory would; else keeps its text.
    fn take(&mut self, name: &str, value: &Value) {
        let alone = Map::from_iter([(name.to_string(), value.clone())]);
        match admit(self.spec.kind, &alone, None, OnUnknown::Custom) {
            Ok(draft) => {
                // As it will be stored: a number in a text field is text from here on.
                let value =
                    draft.fields.get(name).filter(|_| self.spec.field(name).is_some()).unwrap_or(value);
                self.fields.insert(name.into(), value.clone());
            }
            Err(fault) => {
                let what = fault.message.strip_prefix(name).unwrap_or(&fault.message).trim().to_string();
                self.keep_text(name, value, &what);
            }
        }
    }

    fn keep_text(&mut self, name: &str, value: &Value, what: &str) {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let noted = self.spec.field("notes").is_some() && text.len() < LONGEST_NOTE;
        let did = if noted { "kept as text in the notes" } else { "kept as text under custom" };
        self.into.problems.push(self.place.problem(what, did).field(name).value(value));
        self.kept.push((name.into(), text));
    }

    /// An integer 0 or 1 is how SQLite says no and yes.
    fn boolean(&mut self, name: &str, value: &Value) {
        let text = match value {
            Value::String(text) => text.trim().to_lowercase(),
            other => other.to_string(),
        };
        match text.as_str() {
            "0" | "false" | "no" | "off" | "0.0" => self.take(name, &json!(false)),
            "1" | "true" | "yes" | "on" | "1.0" => self.take(name, &json!(true)),
            _ => self.take(name, value),
        }
    }

    fn icon(&mut self, name: &str, value: &Value) {
        match value.as_str().and_then(icon::from_data_url) {
            Some(Ok(image)) => {
                let reference = self.into.keep_image(image);
                self.fields.insert(name.into(), reference.into());
            }
            Some(Err(error)) => {
                let problem = self.place.problem(error.to_string(), "left without an icon");
                self.into.problems.push(problem.field(name).value(value));
            }
            None => self.take(name, value),
        }
    }

    /// One text may hold several addresses; each part that is none is kept as text.
    fn addresses(&mut self, name: &str, value: &Value, read: fn(&str) -> Option<String>) {
        let Some(text) = value.as_str() else { return self.take(name, value) };
        let parts = text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
            .filter(|part| !part.is_empty());
        let (mut good, mut bad): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
        for part in parts {
            match read(part) {
                Some(address) => {
                    if part.contains('/') {
                        bad.push(part);
                    }
                    if !good.contains(&address) {
                        good.push(address);
                    }
                }
                None => bad.push(part),
            }
        }
        if !bad.is_empty() {
            self.keep_text(name, value, &format!("holds what is no plain address: {}", bad.join(" ")));
        }
        if !good.is_empty() {
            self.take(name, &good.join(", ").into());
        }
    }

    fn name(&mut self, row: &Map<String, Value>) -> String {
        let field = self.spec.name_field;
        let given = match row.get(field) {
            Some(Value::String(text)) => text.trim().to_string(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Null) | None => String::new(),
            Some(other) => {
                self.keep_text(field, other, "is no text");
                String::new()
            }
        };
        if given.is_empty() {
            let label = self.spec.label.to_lowercase();
            let name = match self.spec.kind {
                Kind::Documents => "Untitled".to_string(),
                _ => format!(
                    "Unnamed {label} {}",
                    self.place.row.as_i64().map_or(String::new(), |id| id.to_string())
                ),
            };
            let name = name.trim_end().to_string();
            self.into.problems.push(self.place.problem("is empty", format!("named \"{name}\"")).field(field));
            return name;
        }
        if given.chars().count() <= MAX_NAME {
            return given;
        }
        let short: String = given.chars().take(MAX_NAME - 1).chain(['…']).collect();
        self.keep_text(
            field,
            &given.clone().into(),
            &format!("is longer than {MAX_NAME} characters and was cut"),
        );
        short
    }

    /// Puts the texts that did not fit where a person finds them, then admits everything at once.
    fn finish(self) -> Map<String, Value> {
        let Self { spec, place, into, mut fields, kept } = self;
        for (name, text) in kept {
            if spec.field("notes").is_some() && text.len() < LONGEST_NOTE {
                let notes = fields.get("notes").and_then(Value::as_str).unwrap_or_default().trim_end();
                let gap = if notes.is_empty() { "" } else { "\n" };
                fields.insert("notes".into(), format!("{notes}{gap}{name}: {text}").into());
            } else {
                let mut custom = fields.get("custom").and_then(Value::as_object).cloned().unwrap_or_default();
                custom.insert(name, text.into());
                fields.insert("custom".into(), custom.into());
            }
        }
        match admit(spec.kind, &fields, None, OnUnknown::Custom) {
            Ok(draft) => crate::inventory::admit::merged(&Map::new(), &draft),
            Err(fault) => {
                let custom = Value::Object(fields);
                into.problems.push(place.problem(fault.message, "all its fields kept under custom"));
                Map::from_iter([("custom".into(), custom)])
            }
        }
    }
}

/// An address as people write it: "10.0.0.5/24" means the host.
fn ip(part: &str) -> Option<String> {
    part.parse::<IpAddr>()
        .ok()
        .or_else(|| part.parse::<IpNet>().ok().map(|net| net.addr()))
        .map(|ip| ip.to_string())
}
