//! What holds for every operation, whoever adds it.

use std::collections::BTreeSet;

use labkeeper_core::actor::{Actor, Scope, Via};
use labkeeper_ops::operation::Entry;
use serde_json::{Value, json};

use crate::lab::{Lab, reader};

fn all() -> Vec<Entry> {
    labkeeper_ops::all::all()
}

#[test]
fn names_are_unique_and_speak_for_themselves() {
    let entries = all();
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.meta.name).collect();
    assert_eq!(names.len(), entries.len());
    for name in names {
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit()), "{name}");
    }
}

#[test]
fn routes_do_not_collide() {
    let entries = all();
    let mut seen = BTreeSet::new();
    for entry in &entries {
        for route in entry.meta.routes {
            assert!(
                seen.insert((format!("{:?}", route.method), route.path)),
                "{:?} {}",
                route.method,
                route.path
            );
        }
    }
}

#[test]
fn every_operation_and_field_is_documented() {
    for entry in all() {
        assert!(entry.description.ends_with('.'), "{} has no description", entry.meta.name);
        for (field, schema) in entry.input_schema["properties"].as_object().unwrap() {
            assert!(documented(schema), "{}.{field} has no description: {schema}", entry.meta.name);
        }
    }
}

fn documented(schema: &Value) -> bool {
    schema.get("description").is_some()
        || schema["anyOf"].as_array().is_some_and(|branches| branches.iter().any(documented))
}

#[test]
fn inputs_are_strict() {
    for entry in all() {
        assert_eq!(
            entry.input_schema["additionalProperties"], false,
            "{} takes unknown fields",
            entry.meta.name
        );
        assert_eq!(entry.input_schema["type"], "object", "{}", entry.meta.name);
    }
}

#[test]
fn answers_are_objects_so_that_models_get_structure() {
    for entry in all() {
        assert_eq!(entry.output_schema["type"], "object", "{}: {}", entry.meta.name, entry.output_schema);
    }
}

#[test]
fn placeholders_of_routes_are_input_fields() {
    for entry in all() {
        for route in entry.meta.routes {
            for part in route.path.split('/').filter_map(|part| part.strip_prefix('{')) {
                let field = part.trim_end_matches('}');
                let known = entry.input_schema["properties"].get(field).is_some();
                assert!(known, "{}: {} names {field}, which is no field", entry.meta.name, route.path);
            }
        }
    }
}

#[tokio::test]
async fn a_reader_is_offered_reads_only_and_other_names_do_not_exist() {
    let lab = Lab::new().await;
    let reader = reader();
    let offered: BTreeSet<&str> = lab.keeper.offered(&reader).map(|entry| entry.meta.name).collect();
    // Everyone who logs in may change their own password and keep their own views; no model is offered that.
    let own = ["password_change", "view_save", "view_delete"];
    let is_own = |entry: &Entry| own.contains(&entry.meta.name) && !entry.meta.tool;
    for entry in lab.keeper.registry().iter().filter(|entry| !is_own(entry)) {
        let writes = entry.meta.effect.is_write();
        assert!(!(writes && offered.contains(entry.meta.name)), "{} is offered to a reader", entry.meta.name);
        if writes {
            let fault = lab.call_as(reader.clone(), entry.meta.name, json!({})).await.unwrap_err();
            assert_eq!(fault.code.as_str(), "not_found", "{}", entry.meta.name);
        }
    }
}

/// One table that a reviewer can read: which scope is offered what.
#[tokio::test]
async fn scopes_and_operations_as_one_table() {
    let lab = Lab::new().await;
    let mut table = String::new();
    for entry in lab.keeper.registry() {
        let marks: Vec<&str> = Scope::ALL
            .iter()
            .map(|scope| {
                let actor = Actor { grant: scope.grant(), ..Actor::local(Via::Mcp) };
                if lab.keeper.offered(&actor).any(|known| known.meta.name == entry.meta.name) {
                    "x"
                } else {
                    "."
                }
            })
            .collect();
        let kind = if entry.meta.effect.is_write() { "write" } else { "read " };
        table.push_str(&format!("{:<26}{kind} {}\n", entry.meta.name, marks.join(" ")));
    }
    insta::assert_snapshot!(format!("{:<32}r w o O c R\n{table}", ""));
}

/// Inputs of the right shape about things that do not exist: each write must refuse and leave no trace.
#[tokio::test]
async fn a_refused_write_touches_nothing() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "pve-01"})).await;
    let before = lab.world().await;
    let changes = lab.ask("changes_list", json!({})).await["count"].clone();
    for entry in lab.keeper.registry().iter().filter(|entry| entry.meta.effect.is_write()) {
        let mut input = json!({"no_such_field": 1});
        let fault = lab.refused(entry.meta.name, input.clone()).await;
        assert_eq!(fault.code.as_str(), "unknown_field", "{}", entry.meta.name);
        input = json!({"dry_run": "yes"});
        let fault = lab.refused(entry.meta.name, input).await;
        assert_eq!(fault.field.as_deref(), Some("dry_run"), "{}", entry.meta.name);
    }
    assert_eq!(lab.world().await, before);
    assert_eq!(lab.ask("changes_list", json!({})).await["count"], changes);
}
