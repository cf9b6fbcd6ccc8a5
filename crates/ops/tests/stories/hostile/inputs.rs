//! Every string that an operation which reaches a node or a guest takes, found in the registry.

use labkeeper_ops::operation::Entry;
use serde_json::{Map, Value, json};

use crate::shell_lab::{DEBIAN, MACHINE};

pub(super) const PATH: &str = "/srv/app/settings.conf";

/// A string that an operation takes: where it is in the input, and the rest of the input.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) op: &'static str,
    pub(super) is_write: bool,
    pub(super) is_shell: bool,
    pub(super) at: Vec<String>,
    rest: Value,
}

impl Input {
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.op, self.at.join("."))
    }

    pub(super) fn with(&self, string: &str) -> Value {
        let mut input = self.rest.clone();
        let mut place = &mut input;
        for key in &self.at {
            place = match key.parse::<usize>() {
                Ok(index) => &mut place.as_array_mut().unwrap()[index],
                Err(_) => &mut place[key.as_str()],
            };
        }
        *place = string.into();
        input
    }
}

/// What a field of that name usually has.
fn usual(op: &str, name: &str) -> Option<Value> {
    Some(match name {
        "vmid" if op.starts_with("qm_") => MACHINE.into(),
        "vmid" => DEBIAN.into(),
        "path" => PATH.into(),
        "content" | "newString" => "beta".into(),
        "oldString" | "pattern" => "alpha".into(),
        "unit" => "cron".into(),
        "command" => "true".into(),
        "name" => "mcp-20260101-000000".into(),
        "digest" => "0000".into(),
        "id" => 1.into(),
        _ => return None,
    })
}

/// A value that the schema takes.
fn sample(op: &str, root: &Value, schema: &Value, name: &str) -> Value {
    let schema = resolved(root, schema);
    if let Some(usual) = usual(op, name) {
        return usual;
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(all) = alternatives(schema) {
        return sample(op, root, &all[0], name);
    }
    match schema["type"].as_str() {
        Some("object") => object(op, root, schema),
        Some("array") => json!([sample(op, root, &schema["items"], name)]),
        Some("string") => "x".into(),
        Some("boolean") => false.into(),
        _ => 1.into(),
    }
}

fn object(op: &str, root: &Value, schema: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let fields = required.map(|name| (name.to_owned(), sample(op, root, &schema["properties"][name], name)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(root, root.pointer(reference.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].iter().find_map(|key| schema[key].as_array())
}

fn takes_text(schema: &Value) -> bool {
    let is_text = match &schema["type"] {
        Value::String(one) => one == "string",
        Value::Array(several) => several.iter().any(|one| one == "string"),
        _ => false,
    };
    is_text && schema.get("const").is_none()
}

/// Every string below that schema, with the input around it.
fn strings(entry: &Entry, schema: &Value, at: &[String], rest: &Value, found: &mut Vec<Input>) {
    let root = &entry.input_schema;
    let schema = resolved(root, schema);
    if takes_text(schema) {
        let meta = &entry.meta;
        let (op, is_write, is_shell) = (meta.name, meta.effect.is_write(), meta.raw_shell);
        let (at, rest) = (at.to_vec(), rest.clone());
        // An alternative may say the same once more.
        if found.last().is_none_or(|last| last.at != at || last.op != op || last.rest != rest) {
            found.push(Input { op, is_write, is_shell, at, rest });
        }
    }
    for one in alternatives(schema).into_iter().flatten() {
        strings(entry, one, at, rest, found);
    }
    if let Some(fields) = schema["properties"].as_object() {
        let own = object(entry.meta.name, root, schema);
        for (name, field) in fields {
            let mut value = own.clone();
            if value.get(name).is_none() {
                value[name] = sample(entry.meta.name, root, field, name);
            }
            complete(entry.meta.name, name, at.is_empty(), &mut value);
            let (mut rest, at) = (rest.clone(), [at, std::slice::from_ref(name)].concat());
            put(&mut rest, &at[..at.len() - 1], value);
            strings(entry, field, &at, &rest, found);
        }
    }
    if schema["type"] == "array" {
        let at = [at, &["0".to_owned()]].concat();
        strings(entry, &schema["items"], &at, rest, found);
    }
}

fn put(rest: &mut Value, at: &[String], value: Value) {
    let mut place = rest;
    for key in at {
        place = match key.parse::<usize>() {
            Ok(index) => &mut place.as_array_mut().unwrap()[index],
            Err(_) => &mut place[key.as_str()],
        };
    }
    *place = value;
}

/// What only goes with something else that is optional, too.
fn complete(op: &str, field: &str, is_outermost: bool, input: &mut Value) {
    if !is_outermost {
        return;
    }
    match (op, field) {
        ("tail_log", "since") => input["unit"] = "cron".into(),
        ("tail_log", "unit") => {}
        ("guest_backup", field) if field != "storage" => input["storage"] = "nas".into(),
        ("tail_log" | "diff_config" | "revert_file", _) => input["path"] = PATH.into(),
        _ => {}
    }
    if matches!(op, "tail_log") {
        input["target"] = match field {
            "target" => input["target"].clone(),
            _ => json!({"kind": "pct", "vmid": DEBIAN}),
        };
    }
}

/// Strings of all operations that reach a node or a guest.
pub(super) fn inputs() -> Vec<Input> {
    let mut found = Vec::new();
    for entry in labkeeper_ops::all::all() {
        if entry.meta.acts || entry.meta.foreign {
            strings(&entry, &entry.input_schema, &[], &json!({}), &mut found);
        }
    }
    found
}
