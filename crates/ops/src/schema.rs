//! JSON Schemas of inputs and outputs, as every face shows them.

use labkeeper_core::change::Effect;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::RestrictFormats;
use serde_json::{Value, json};

use crate::meta::Meta;

fn schema_of<T: JsonSchema>(settings: SchemaSettings) -> Value {
    let settings = settings
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(RestrictFormats::default());
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(object) = schema.as_object_mut() {
        object.shift_remove("$schema");
        object.shift_remove("title");
    }
    schema
}

/// Schema of an operation's input; writes also take `confirm` and `dry_run`.
pub(crate) fn input<T: JsonSchema>(meta: &Meta) -> Value {
    let mut schema = schema_of::<T>(SchemaSettings::draft2020_12());
    if schema.get("properties").is_none() {
        schema["properties"] = json!({});
    }
    schema["type"] = "object".into();
    if let Effect::Write(_) = meta.effect {
        let properties = &mut schema["properties"];
        properties["confirm"] = json!({
            "type": "boolean",
            "description": "Repeat the call with true after reading what would happen; needed where the answer says so.",
        });
        properties["dry_run"] =
            json!({"type": "boolean", "description": "Answer what would happen and change nothing."});
    }
    schema
}

/// Schema of an operation's answer.
pub(crate) fn output<T: JsonSchema>() -> Value {
    schema_of::<T>(SchemaSettings::draft2020_12().for_serialize())
}

/// The doc comment of the input struct.
pub(crate) fn description(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().replace('\n', " ")
}
