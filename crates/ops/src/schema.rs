//! JSON Schemas of inputs and outputs, as the faces show them: whole ones, because each MCP tool stands alone, and the
//! same over named types that they share, for a document that holds them all.

use std::collections::{BTreeMap, BTreeSet};

use labkeeper_core::change::Effect;
use schemars::generate::SchemaSettings;
use schemars::transform::{RestrictFormats, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::meta::Meta;

/// What a reference to a named type begins with.
pub const NAMED: &str = "#/components/schemas/";

/// Schema of an operation's input; writes also take `confirm` and `dry_run`.
pub(crate) fn input<T: JsonSchema>(meta: &Meta) -> Value {
    completed(whole::<T>(SchemaSettings::draft2020_12()), meta)
}

/// Schema of an operation's answer.
pub(crate) fn output<T: JsonSchema>() -> Value {
    whole::<T>(SchemaSettings::draft2020_12().for_serialize())
}

/// The doc comment of the input struct.
pub(crate) fn description(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}

/// The schemas of many operations, and the named types that they refer to.
pub struct Shared {
    /// Input and output of each operation, in the order in which they were given.
    pub operations: Vec<(Value, Value)>,
    /// Types by name. One that is read otherwise than it is written is there twice, read as `…Input`.
    pub types: BTreeMap<String, Value>,
}

/// Describes one operation over the types of all.
pub(crate) type Describe = fn(&mut Types) -> (Value, Value);

/// Named types as they come up: a type that is both read and written may look different each time.
pub(crate) struct Types {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Types {
    /// Input and output of an operation, with references.
    pub(crate) fn describe<I: JsonSchema, O: JsonSchema>(&mut self, meta: &Meta) -> (Value, Value) {
        (completed(plain(I::json_schema(&mut self.read)), meta), plain(self.written.subschema_for::<O>()))
    }
}

impl Shared {
    pub(crate) fn of(operations: impl Iterator<Item = Describe>) -> Self {
        let named = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = NAMED.into());
        let written = named.clone().for_serialize().into_generator();
        let mut types = Types { read: named.into_generator(), written };
        let mut operations: Vec<_> = operations.map(|describe| describe(&mut types)).collect();
        let mut read = definitions(types.read);
        let mut types = definitions(types.written);
        let twofold = twofold(&read, &types);
        let inputs = operations.iter_mut().map(|(input, _)| input);
        inputs.chain(read.values_mut()).for_each(|schema| read_otherwise(schema, &twofold));
        for (name, schema) in read {
            if !twofold.contains(&name) {
                types.insert(name, schema);
                continue;
            }
            let taken = types.insert(format!("{name}Input"), schema);
            assert!(
                taken.is_none(),
                "{name} is read otherwise than it is written, and {name}Input is another type"
            );
        }
        Self { operations, types }
    }
}

fn whole<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let settings = settings.with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.remove("title");
    plain(schema)
}

/// An input with what every write takes.
fn completed(mut schema: Value, meta: &Meta) -> Value {
    if schema.get("properties").is_none() {
        schema["properties"] = json!({});
    }
    schema["type"] = "object".into();
    if let Some(list) = meta.list {
        let properties = &mut schema["properties"];
        properties["fields"] = json!({
            "type": ["string", "null"],
            "description": format!("Only these fields of each of the {list}, separated by commas."),
        });
        properties["limit"] = json!({
            "type": ["integer", "null"], "minimum": 1,
            "description": format!("At most so many {list}; `total` says how many there are."),
        });
    }
    if let Effect::Write(_) = meta.effect {
        let properties = &mut schema["properties"];
        properties["confirm"] = json!({
            "type": ["boolean", "null"],
            "description": "Repeat the call with true after reading what would happen; needed where the answer says so.",
        });
        properties["dry_run"] = json!({"type": ["boolean", "null"], "description": "Answer what would happen and change nothing."});
    }
    schema
}

/// Without the number formats that no JSON Schema knows.
fn plain(mut schema: Schema) -> Value {
    // The transform keeps the formats of the draft that the schema names.
    if let Some(draft) = SchemaSettings::draft2020_12().meta_schema {
        schema.insert("$schema".into(), draft.into());
    }
    RestrictFormats::default().transform(&mut schema);
    schema.remove("$schema");
    schema.to_value()
}

fn definitions(mut generator: SchemaGenerator) -> BTreeMap<String, Value> {
    let definitions = generator.take_definitions(false).into_iter();
    definitions
        .map(|(name, schema)| (name, Schema::try_from(schema).map_or(Value::Bool(true), plain)))
        .collect()
}

/// Names of types that are read otherwise than they are written, or hold one that is.
fn twofold(read: &BTreeMap<String, Value>, written: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    loop {
        let more = read.iter().find(|(name, schema)| {
            let mut schema = (*schema).clone();
            read_otherwise(&mut schema, &names);
            !names.contains(*name) && written.get(*name).is_some_and(|written| *written != schema)
        });
        match more {
            Some((name, _)) => drop(names.insert(name.clone())),
            None => return names,
        }
    }
}

/// Has references to those types lead to how they are read.
fn read_otherwise(schema: &mut Value, names: &BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(to) if key == "$ref" => {
                        if to.strip_prefix(NAMED).is_some_and(|name| names.contains(name)) {
                            to.push_str("Input");
                        }
                    }
                    other => read_otherwise(other, names),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| read_otherwise(value, names)),
        _ => {}
    }
}
