//! A row as clients see it: every declared field by name, nulls included, parents as ids, what is shown
//! rather than what is stored.

use serde_json::{Map, Value, json};

use super::address::{self, Address};
use super::admit::MAX_NAME;
use super::field::{Field, Shape};
use super::item::{Item, ItemId};
use super::kinds::Kind;

/// Builds the row of `item`. `parent` is what it stands on; `observed` holds the freshest observation of
/// each field, shown where nothing is asserted.
pub fn row(
    item: &Item,
    parent: Option<(Kind, ItemId)>,
    observed: Option<&Map<String, Value>>,
) -> Map<String, Value> {
    chosen(item, parent, observed, |_| true)
}

/// Of the [`row`] only `id` and these fields, as they are there. Of the item only its [stored fields](stored_fields) count.
pub fn part(
    item: &Item,
    parent: Option<(Kind, ItemId)>,
    observed: Option<&Map<String, Value>>,
    fields: &[&str],
) -> Map<String, Value> {
    chosen(item, parent, observed, |name| name == "id" || fields.contains(&name))
}

/// In which fields of an item the values of those of its row are stored.
pub fn stored_fields<'a>(kind: Kind, fields: &[&'a str]) -> Vec<&'a str> {
    let is_in_addresses = |name: &&str| {
        let field = kind.spec().field(name);
        field.is_some_and(|field| matches!(field.shape, Shape::Address | Shape::Mac))
    };
    let addresses = fields.iter().any(is_in_addresses).then_some("addresses");
    fields.iter().copied().chain(addresses).collect()
}

fn chosen(
    item: &Item,
    parent: Option<(Kind, ItemId)>,
    observed: Option<&Map<String, Value>>,
    is_wanted: impl Fn(&str) -> bool,
) -> Map<String, Value> {
    let spec = item.kind.spec();
    let addresses = address::stored(item.fields.get("addresses"));
    let primary = address::primary(&addresses);
    let mut row = Map::new();
    let mut insert = |name: &str, value: &dyn Fn() -> Value| {
        if is_wanted(name) {
            row.insert(name.into(), value());
        }
    };
    insert("id", &|| item.id.into());
    insert(spec.name_field, &|| item.name.clone().into());
    for field in spec.fields {
        insert(field.name, &|| {
            let asserted = asserted_field(item, parent, primary, field);
            asserted.or_else(|| fallback(field, observed)).unwrap_or(Value::Null)
        });
    }
    if spec.address_field().is_some() {
        insert("addresses", &|| json!(addresses));
    }
    insert("tags", &|| item.fields.get("tags").cloned().unwrap_or_else(|| json!([])));
    insert("custom", &|| item.fields.get("custom").cloned().unwrap_or_else(|| json!({})));
    insert("created_at", &|| item.created_at.text().into());
    insert("updated_at", &|| item.updated_at.text().into());
    insert("rev", &|| item.rev.into());
    row
}

/// The asserted value of a field in wire form, `None` when nothing is asserted.
pub fn asserted(item: &Item, parent: Option<(Kind, ItemId)>, name: &str) -> Option<Value> {
    let spec = item.kind.spec();
    if name == spec.name_field {
        return Some(item.name.clone().into());
    }
    let Some(field) = spec.field(name) else { return item.fields.get(name).cloned() };
    let addresses = match field.shape {
        Shape::Address | Shape::Mac => address::stored(item.fields.get("addresses")),
        _ => Vec::new(),
    };
    asserted_field(item, parent, address::primary(&addresses), field)
}

/// The shown value of a declared field, as [`row`] has it: asserted, else observed, else the default. `None` is null.
/// What an item stands on is not known here.
pub fn shown(item: &Item, observed: Option<&Map<String, Value>>, name: &str) -> Option<Value> {
    asserted(item, None, name)
        .or_else(|| fallback(item.kind.spec().field(name)?, observed))
        .filter(|value| !value.is_null())
}

fn asserted_field(
    item: &Item,
    parent: Option<(Kind, ItemId)>,
    primary: Option<&Address>,
    field: &Field,
) -> Option<Value> {
    match field.shape {
        Shape::Address => primary?.ip.clone().map(Value::String),
        Shape::Mac => primary?.mac.clone().map(Value::String),
        Shape::Parent(kind) => parent.filter(|(of, _)| *of == kind).map(|(_, id)| id.into()),
        _ => item.fields.get(field.name).cloned(),
    }
}

fn fallback(field: &Field, observed: Option<&Map<String, Value>>) -> Option<Value> {
    observed
        .and_then(|observed| observed.get(field.name))
        .cloned()
        .or_else(|| field.default.map(|default| default()))
}

/// JSON Schema of a row of that kind, for OpenAPI and MCP.
pub fn row_schema(kind: Kind) -> Value {
    let spec = kind.spec();
    let mut properties = Map::new();
    properties.insert("id".into(), json!({"type": "integer"}));
    properties.insert(spec.name_field.into(), json!({"type": "string"}));
    for field in spec.fields {
        let mut schema = field.shape.schema();
        schema["title"] = field.label.into();
        properties.insert(field.name.into(), schema);
    }
    if spec.address_field().is_some() {
        properties.insert("addresses".into(), json!({"type": "array", "items": {"type": "object"}}));
    }
    properties.insert("tags".into(), json!({"type": "array", "items": {"type": "string"}}));
    properties.insert("custom".into(), json!({"type": "object"}));
    for stamp in ["created_at", "updated_at"] {
        properties.insert(
            stamp.into(),
            json!({"type": "string", "description": "UTC, YYYY-MM-DDTHH:MM:SS[.ffffff]"}),
        );
    }
    properties.insert("rev".into(), json!({"type": "integer", "minimum": 1}));
    json!({"type": "object", "properties": properties, "required": ["id", spec.name_field, "rev"]})
}

/// JSON Schema of what may be sent to create or change an item of that kind.
pub fn input_schema(kind: Kind) -> Value {
    let mut schema = row_schema(kind);
    if let Some(properties) = schema["properties"].as_object_mut() {
        for name in ["id", "created_at", "updated_at"] {
            properties.shift_remove(name);
        }
        for name in ["addresses", "custom", "rev"] {
            if let Some(schema) = properties.get_mut(name) {
                schema["type"] = json!([schema["type"], "null"]);
            }
        }
        // Texts in a list, or in one text with commas between them.
        properties["tags"]["type"] = json!(["array", "string", "null"]);
        properties[kind.spec().name_field] = json!({"type": "string", "minLength": 1, "maxLength": MAX_NAME});
    }
    if let Some(object) = schema.as_object_mut() {
        object.shift_remove("required");
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp::Stamp;

    #[test]
    fn one_shown_field_is_what_the_row_has() {
        let asserted = json!({
            "os": "Debian 13", "icon": "🖥", "share_type": "NFS",
            "addresses": [{"ip": "10.0.0.7", "mac": "02:00:00:00:00:07", "primary": true}],
        });
        let observed =
            json!({"os": "Debian 12", "icon": "mdi:server", "ip_address": "10.0.0.8", "cpu": "N100"});
        for kind in Kind::ALL {
            for fields in [&asserted, &json!({})] {
                let fields = fields.as_object().expect("an object").clone();
                let item = Item {
                    id: 1,
                    kind,
                    name: "x".into(),
                    fields,
                    rev: 1,
                    created_at: Stamp(0),
                    updated_at: Stamp(0),
                };
                for observed in [observed.as_object(), None] {
                    let row = row(&item, None, observed);
                    for field in kind.spec().fields {
                        let one = shown(&item, observed, field.name).unwrap_or(Value::Null);
                        assert_eq!(one, row[field.name], "{} of {}", field.name, kind.key());
                    }
                }
            }
        }
    }
}
