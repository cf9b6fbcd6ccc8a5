//! Stage 2: strict. Unknown fields are refused with the nearest known name; types are checked before
//! anything is looked at.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::nearest::nearest;
use serde_json::{Map, Value};

use crate::operation::{Entry, Erased};
use crate::stages::trim::Trim;

pub(crate) struct Request {
    pub(crate) operation: Box<dyn Erased>,
    /// The input as audited: compact JSON.
    pub(crate) canonical: String,
    /// The whole input, for a call that is parked.
    pub(crate) input: Value,
    pub(crate) confirm: bool,
    pub(crate) dry_run: bool,
    pub(crate) trim: Trim,
}

pub(crate) fn parse(entry: &Entry, input: Value) -> Result<Request, Fault> {
    let mut fields = match input {
        Value::Null => Map::new(),
        Value::Object(fields) => fields,
        other => {
            return Err(Fault::invalid(
                "",
                format!("{} wants an object as input, not {other}", entry.meta.name),
            ));
        }
    };
    if entry.meta.effect.is_write() {
        predecessors_spelling(&mut fields);
    }
    refuse_unknown(entry, &fields)?;
    let (mut confirm, mut dry_run) = (false, false);
    if entry.meta.effect.is_write() {
        confirm = flag(&mut fields, "confirm")?;
        dry_run = flag(&mut fields, "dry_run")?;
    }
    let trim = match entry.meta.list {
        Some(_) => Trim::taken_from(&mut fields)?,
        None => Trim::default(),
    };
    let canonical = without_secrets(entry, &fields).to_string();
    let input = Value::Object(fields);
    let operation = entry.parse(input.clone()).map_err(|error| wrong_shape(entry, &canonical, &error))?;
    Ok(Request { operation, canonical, input, confirm, dry_run, trim })
}

/// The predecessor wrote `dryRun`.
fn predecessors_spelling(fields: &mut Map<String, Value>) {
    if !fields.contains_key("dry_run")
        && let Some(flag) = fields.shift_remove("dryRun")
    {
        fields.insert("dry_run".into(), flag);
    }
}

/// The audit log keeps a hash of the input. A password in it could be guessed from that hash, so it is left out.
fn without_secrets(entry: &Entry, fields: &Map<String, Value>) -> Value {
    let properties = &entry.input_schema["properties"];
    let mut shown = fields.clone();
    for (name, value) in &mut shown {
        if properties[name.as_str()]["writeOnly"] == true && value.is_string() {
            *value = "…".into();
        }
    }
    Value::Object(shown)
}

fn flag(fields: &mut Map<String, Value>, name: &str) -> Result<bool, Fault> {
    match fields.shift_remove(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(value),
        Some(other) => Err(Fault::invalid(name, format!("{name} wants true or false, not {other}"))),
    }
}

fn refuse_unknown(entry: &Entry, fields: &Map<String, Value>) -> Result<(), Fault> {
    let known: Vec<&str> = entry.input_schema["properties"]
        .as_object()
        .map(|p| p.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let Some(stranger) = fields.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let fault = Fault::new(Code::UnknownField, format!("{} has no field \"{stranger}\"", entry.meta.name))
        .with_field(stranger);
    Err(match nearest(stranger, known.iter().copied()) {
        Some(near) => fault.with_hint(format!("did you mean \"{near}\"?")),
        None if known.is_empty() => fault.with_hint("it takes no input"),
        None => fault.with_hint(format!("its fields are {}", known.join(", "))),
    })
}

/// Serde says what is wrong but not where; the place is found by asking the schema about each field.
fn wrong_shape(entry: &Entry, canonical: &str, error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message).to_string();
    let named = message.split('`').nth(1).map(str::to_string);
    if let Some(field) = named.clone().filter(|_| message.starts_with("missing field")) {
        return Fault::invalid(&field, format!("{} needs \"{field}\"", entry.meta.name));
    }
    let given: Value = serde_json::from_str(canonical).unwrap_or(Value::Null);
    let culprit = given.as_object().and_then(|fields| {
        let schema = |name: &str| &entry.input_schema["properties"][name];
        let implausible = fields.iter().find(|(name, value)| !plausible(schema(name), value));
        let quoted: Option<Value> = named.as_deref().and_then(|text| serde_json::from_str(text).ok());
        implausible.or_else(|| fields.iter().find(|(_, value)| Some(*value) == quoted.as_ref()))
    });
    match culprit {
        Some((name, value)) => {
            let wanted = &entry.input_schema["properties"][name.as_str()];
            let options = options(wanted);
            let fault = Fault::invalid(
                name,
                match in_words(wanted, value).filter(|_| !plausible(wanted, value)) {
                    Some(words) => format!("{name} wants {words}, not {value}"),
                    None => format!("{name}: {}", without_rust(&message)),
                },
            );
            match (value.as_str(), options.is_empty()) {
                (Some(text), false) => {
                    fault.with_hint(match nearest(text, options.iter().map(String::as_str)) {
                        Some(near) => format!("did you mean \"{near}\"?"),
                        None => format!("one of {}", options.join(", ")),
                    })
                }
                _ => fault,
            }
        }
        None => Fault::new(Code::Invalid, message),
    }
}

/// What a schema wants, when the value as a whole is of another shape; what is wrong within it serde says better.
fn in_words(schema: &Value, value: &Value) -> Option<String> {
    let options = options(schema);
    if !options.is_empty() {
        let is_list = alternatives(schema).any(|one| plain_type(one) == Some("array"));
        return Some(format!("one of {}{}", options.join(", "), if is_list { ", or a list" } else { "" }));
    }
    let range = match bounds(schema) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(" from {least}"),
        (None, Some(most)) => format!(" up to {most}"),
        (None, None) => String::new(),
    };
    let words = match plain_type(schema)? {
        "string" => "text".into(),
        "integer" => format!("a whole number{range}"),
        "number" => format!("a number{range}"),
        "boolean" => "true or false".into(),
        "array" if !value.is_array() => "a list".into(),
        "object" if !value.is_object() => "an object".into(),
        _ => return None,
    };
    Some(words)
}

/// The one type a schema allows beside null.
fn plain_type(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::String(one) => Some(one),
        Value::Array(many) => match many.iter().filter_map(Value::as_str).collect::<Vec<_>>()[..] {
            [one] | [one, "null"] => Some(one),
            _ => None,
        },
        _ => None,
    }
}

/// Serde names types of Rust where a schema sets no bound.
fn without_rust(message: &str) -> String {
    let Some((what, wanted)) = message.rsplit_once("expected ") else { return message.into() };
    let wanted = match wanted {
        "u8" => "a whole number up to 255",
        "u16" => "a whole number up to 65535",
        "u32" => "a whole number up to 4294967295",
        "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => "a smaller whole number",
        "f32" | "f64" => "a number",
        other => other,
    };
    format!("{what}expected {wanted}")
}

/// The words a schema allows, wherever in its alternatives they are.
fn options(schema: &Value) -> Vec<String> {
    let own = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
    let own = own.filter_map(Value::as_str).map(str::to_string);
    own.chain(alternatives(schema).flat_map(options)).collect()
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["oneOf", "anyOf"].iter().filter_map(|key| schema[key].as_array()).flatten()
}

fn plausible(schema: &Value, value: &Value) -> bool {
    if alternatives(schema).next().is_some() {
        return value.is_null() || alternatives(schema).any(|one| plausible(one, value));
    }
    let words = options(schema);
    if !words.is_empty() {
        return value.is_null() || value.as_str().is_some_and(|text| words.iter().any(|word| word == text));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => return true,
    };
    types.iter().any(|name| match *name {
        "string" => value.is_string(),
        "integer" => (value.is_i64() || value.is_u64()) && within(schema, value),
        "number" => value.is_number() && within(schema, value),
        "boolean" => value.is_boolean(),
        "array" => {
            value.as_array().is_some_and(|list| list.iter().all(|one| plausible(&schema["items"], one)))
        }
        "object" => value.as_object().is_some_and(|fields| {
            fields.iter().all(|(name, one)| plausible(&schema["properties"][name.as_str()], one))
        }),
        "null" => value.is_null(),
        _ => true,
    })
}

fn within(schema: &Value, value: &Value) -> bool {
    let (least, most) = bounds(schema);
    value.as_f64().is_some_and(|value| {
        least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
    })
}

/// The smallest and largest number a schema allows.
fn bounds(schema: &Value) -> (Option<f64>, Option<f64>) {
    (schema["minimum"].as_f64(), schema["maximum"].as_f64())
}
