//! The document put together.

use std::collections::{BTreeMap, HashSet};

use labkeeper_ops::operation::Entry;
use labkeeper_ops::schema::NAMED;
use serde_json::{Map, Value, json};

use super::operation::{Described, Named};
use super::{fragment, parameter, schemas};
use crate::routes::{Target, method_name, targets};

/// The document of those operations and of the few routes that are none.
pub fn openapi(registry: &[Entry]) -> Value {
    let shared = Entry::shared_schemas(registry);
    let mut paths = fragment::paths();
    let mut named = Named { parameters: parameter::headers(), schemas: schemas::own() };
    let mut taken: HashSet<String> = HashSet::new();
    for target in targets(registry) {
        let entry = &registry[target.entry];
        let id = operation_id(&target, entry.meta.name, &mut taken);
        let (input, output) = &shared.operations[target.entry];
        let route = Described { target: &target, entry, input, output, types: &shared.types };
        let described = route.described(&id, &mut named);
        let path = paths.entry(target.path.to_string()).or_insert_with(|| json!({}));
        path[method_name(target.route.method).to_lowercase()] = described;
    }
    paths.sort_keys();
    named.parameters.sort_keys();
    let mut components = schemas::components(&named.parameters);
    components["schemas"] = needed(&paths, &components, named.schemas, shared.types);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "labkeeper",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The inventory of a homelab, and what it can do. Every operation here is also an MCP tool or a \
                command of the same name. Times are UTC without a zone.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "tags": tags(),
        "paths": paths,
        "components": components,
    })
}

/// Of the named types, the ones that somebody refers to.
fn needed(
    paths: &Map<String, Value>,
    components: &Value,
    mut known: Map<String, Value>,
    types: BTreeMap<String, Value>,
) -> Value {
    for (name, schema) in types {
        let before = known.insert(name.clone(), schema);
        debug_assert!(before.is_none(), "two types of the document are named {name}");
    }
    let mut open = Vec::new();
    paths.values().chain([components]).for_each(|value| references(value, &mut open));
    let mut needed = Map::new();
    while let Some(reference) = open.pop() {
        if let Some(name) = reference.strip_prefix(NAMED)
            && let Some(schema) = known.remove(name)
        {
            references(&schema, &mut open);
            needed.insert(name.into(), schema);
        }
    }
    needed.sort_keys();
    needed.into()
}

/// Every `$ref` in there.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_string));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// Unique, and stable as long as the operation's name and routes are.
fn operation_id(target: &Target, name: &str, taken: &mut HashSet<String>) -> String {
    let kind = target.kind.map(|kind| format!("_{}", kind.key())).unwrap_or_default();
    let alias = if target.alias { "_docs" } else { "" };
    let method = method_name(target.route.method).to_lowercase();
    let last =
        target.path.rsplit('/').find(|part| !part.starts_with('{')).unwrap_or_default().replace('-', "_");
    let base = format!("{name}{kind}{alias}");
    let candidates = [base.clone(), format!("{base}_{method}"), format!("{base}_{method}_{last}")];
    let free = candidates
        .into_iter()
        .find(|id| !taken.contains(id))
        .unwrap_or_else(|| format!("{base}_{}", taken.len()));
    taken.insert(free.clone());
    free
}

fn tags() -> Value {
    let described = [
        ("inventory", "Items, links, documents, map, search."),
        ("proxmox", "The clusters: nodes, guests, their files, services, commands, snapshots and backups."),
        ("discovery", "Reachability and subnet scans."),
        ("memory", "Notes an assistant keeps."),
        ("safety", "Changes, undo, drift, audit."),
        ("hub", "The hub itself: people, tokens, status, import, export."),
        ("access", "Coming in and going out."),
        ("operation", "For those who run the hub: probes and figures."),
    ];
    described
        .into_iter()
        .map(|(name, description)| json!({"name": name, "description": description}))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        openapi(&labkeeper_ops::all::all())
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 100);
        for reference in found {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
        }
    }

    #[test]
    fn a_named_type_says_what_it_is_without_a_number() {
        let document = document();
        let names = document["components"]["schemas"].as_object().unwrap().keys();
        let numbered: Vec<&String> =
            names.filter(|name| name.ends_with(|c: char| c.is_ascii_digit())).collect();
        assert!(numbered.is_empty(), "two types of one name: {numbered:?}");
    }

    /// A schema is an object or a boolean; null there is a slip of ours.
    fn nulls(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Null => found.push(at.into()),
            Value::Object(map) => map
                .iter()
                .filter(|(name, _)| !["default", "const", "enum", "example"].contains(&name.as_str()))
                .for_each(|(name, value)| nulls(value, &format!("{at}/{name}"), found)),
            Value::Array(list) => list.iter().for_each(|value| nulls(value, at, found)),
            _ => {}
        }
    }

    #[test]
    fn nothing_in_it_is_null() {
        let mut found = Vec::new();
        nulls(&document(), "", &mut found);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn each_operation_is_named_once_and_says_what_it_answers() {
        let document = document();
        let mut ids = HashSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(ids.insert(id.to_string()), "{method} {path}: {id} twice");
                assert!(!operation["summary"].as_str().unwrap().is_empty(), "{id}");
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.keys().any(|status| status.starts_with('2')), "{id}");
                for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                    let mut parameters = operation["parameters"].as_array().unwrap().iter().map(|given| {
                        given["$ref"].as_str().map_or(given, |to| document.pointer(&to[1..]).unwrap())
                    });
                    assert!(parameters.any(|p| p["name"] == name && p["in"] == "path"), "{id} {name}");
                }
            }
        }
    }

    #[test]
    fn each_kind_has_its_own_fields() {
        let document = document();
        let row = document.pointer("/components/schemas/Vms/properties/disk_gb");
        assert!(row.is_some());
        let body =
            &document["paths"]["/api/vms"]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["allOf"][0]["$ref"], "#/components/schemas/VmsInput");
        assert_eq!(body["allOf"][1]["required"], json!(["name"]));
        let list = &document["paths"]["/api/vms"]["get"];
        let answer = &list["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(answer["$ref"], "#/components/schemas/VmsListing");
        let rows = document.pointer("/components/schemas/VmsListing/properties/data/items").unwrap();
        assert_eq!(rows["$ref"], "#/components/schemas/Vms");
        let parameters = list["parameters"].as_array().unwrap().iter();
        let parameters =
            parameters.map(|part| document.pointer(&part["$ref"].as_str().unwrap()[1..]).unwrap());
        let names: Vec<&str> = parameters.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"os") && names.contains(&"limit") && names.contains(&"tag"), "{names:?}");
    }
}
