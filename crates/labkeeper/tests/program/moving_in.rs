//! Moving in from the predecessor: its database and its export, as they are.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::hub::{json, run};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/hub-plus").join(name)
}

#[test]
fn the_predecessors_database_arrives_whole_and_a_second_import_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = fixture("hub.db");
    let first = json(dir.path(), &["import", file.to_str().unwrap(), "--yes"]);
    let total: i64 =
        ["hardware", "vms", "containers", "apps", "storage", "shares", "networks", "misc", "documents"]
            .iter()
            .map(|kind| json(dir.path(), &["list", kind])["count"].as_i64().unwrap())
            .sum();
    assert_eq!(total, 56, "{first}");
    let members: usize = json(dir.path(), &["list", "networks"])["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|net| {
            let members =
                json(dir.path(), &["call", "network_members", &format!(r#"{{"id":{}}}"#, net["id"])]);
            members["data"].as_array().unwrap().len()
        })
        .sum();
    assert_eq!(members, 5);
    assert_eq!(json(dir.path(), &["call", "map_layout"])["data"].as_object().unwrap().len(), 44);
    let graph = json(dir.path(), &["call", "map_graph"]);
    let manual =
        graph["edges"].as_array().unwrap().iter().filter(|edge| edge["data"]["manual"] == true).count();
    assert_eq!(manual, 3);
    let before = export(dir.path());
    let second = json(dir.path(), &["import", file.to_str().unwrap(), "--yes"]);
    assert_eq!(second["data"]["creates"].as_array().map_or(0, Vec::len), 0, "{second}");
    assert_eq!(export(dir.path()), before);
}

#[test]
fn export_import_export_is_the_same_to_the_byte() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    json(one.path(), &["import", fixture("hub.db").to_str().unwrap(), "--yes"]);
    let file = one.path().join("export.json");
    assert!(run(one.path(), &["export", file.to_str().unwrap()]).status.success());
    json(two.path(), &["import", file.to_str().unwrap(), "--yes"]);
    assert_eq!(
        without_its_time(&export_text(two.path())),
        without_its_time(&std::fs::read_to_string(&file).unwrap())
    );
}

fn export_text(dir: &Path) -> String {
    let file = dir.join("again.json");
    assert!(run(dir, &["export", file.to_str().unwrap()]).status.success());
    std::fs::read_to_string(file).unwrap()
}

fn without_its_time(text: &str) -> String {
    text.lines().filter(|line| !line.contains("\"exported_at\"")).collect::<Vec<_>>().join("\n")
}

fn export(dir: &Path) -> Value {
    let mut export: Value = serde_json::from_str(&export_text(dir)).unwrap();
    export.as_object_mut().unwrap().remove("exported_at");
    export
}
