//! A file over a hub that has changed meanwhile.

use serde_json::{Value, json};

use crate::hub::Hub;

fn file(rows: &Value) -> String {
    rows.to_string()
}

fn pve(os: &str, updated_at: &str) -> String {
    file(
        &json!({"hardware": [{"id": 1, "name": "pve", "os": os, "created_at": "2026-01-01T00:00:00.1", "updated_at": updated_at}]}),
    )
}

#[test]
fn newer_values_of_the_file_win_older_ones_are_conflicts() {
    let mut hub = Hub::default();
    hub.import(&pve("old", "2026-01-02T00:00:00"), "a.json");
    let newer = hub.import(&pve("new", "2026-01-03T00:00:00"), "a.json");
    assert_eq!(
        (newer.updates[0].fields.as_slice(), newer.updates[0].id),
        (&["os".to_string()][..], hub.item("pve").id)
    );
    assert_eq!(hub.item("pve").updated_at.text(), "2026-01-03T00:00:00");
    let older = hub.import(&pve("old", "2026-01-02T00:00:00"), "a.json");
    assert!(older.nothing_to_do);
    assert_eq!(
        (older.conflicts[0].here.as_ref(), older.conflicts[0].file.as_ref()),
        (Some(&json!("new")), Some(&json!("old")))
    );
    assert_eq!(older.tables["hardware"].kept, 1);
}

#[test]
fn a_renamed_item_is_still_the_same_by_its_birth() {
    let mut hub = Hub::default();
    hub.import(&pve("x", "2026-01-02T00:00:00"), "a.json");
    let renamed = pve("x", "2026-01-05T00:00:00").replace("\"pve\"", "\"pve-01\"");
    let report = hub.import(&renamed, "a.json");
    assert_eq!((report.creates.len(), hub.lab.items.len()), (0, 1));
    assert_eq!(hub.item("pve-01").fields["os"], "x");
}

#[test]
fn namesakes_are_told_apart_by_what_they_stand_on() {
    let two = json!({
        "hardware": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
        "vms": [{"id": 1, "hardware_id": 1, "name": "web", "os": "x"}, {"id": 2, "hardware_id": 2, "name": "web", "os": "y"}],
    });
    let mut hub = Hub::default();
    hub.import(&file(&two), "a.json");
    let mut swapped = two.clone();
    swapped["vms"].as_array_mut().unwrap().reverse();
    assert!(hub.import(&file(&swapped), "a.json").nothing_to_do);
    let third =
        json!({"hardware": [{"id": 9, "name": "c"}], "vms": [{"id": 3, "hardware_id": 9, "name": "web"}]});
    let report = hub.import(&file(&third), "a.json");
    assert_eq!(report.creates.iter().map(|new| new.name.as_str()).collect::<Vec<_>>(), ["c", "web"]);
}

#[test]
fn a_serial_number_or_mac_beats_the_name() {
    let mut hub = Hub::default();
    hub.import(&file(&json!({"hardware": [{"id": 1, "name": "old name", "serial_number": "SN-1234"}], "vms": [{"id": 1, "name": "v", "mac_address": "bc:24:11:00:00:01"}]})), "a.json");
    let report = hub.import(
        &file(&json!({"hardware": [{"id": 7, "name": "new name", "serial_number": "sn-1234"}], "vms": [{"id": 9, "name": "w", "mac_address": "BC2411000001"}]})),
        "b.json",
    );
    assert_eq!((report.creates.len(), hub.lab.items.len()), (0, 2));
}

#[test]
fn a_vm_that_became_a_container_here_is_not_imported_again() {
    let mut hub = Hub::default();
    let row = json!({"vms": [{"id": 1, "name": "lxc-dns", "os": "Debian", "created_at": "2026-01-01T00:00:00.5", "updated_at": "2026-01-01T00:00:00.5"}]});
    hub.import(&file(&row), "a.json");
    hub.lab.items[0].kind = labkeeper_core::inventory::Kind::Containers;
    assert!(hub.import(&file(&row), "a.json").nothing_to_do);
}

#[test]
fn a_merge_never_closes_a_circle_with_what_is_here() {
    let page = |title: &str, id: i64, parent: Option<i64>| json!({"id": id, "title": title, "content": title, "parent_id": parent});
    let mut hub = Hub::default();
    hub.import(&file(&json!({"documents": [page("A", 1, None), page("B", 2, Some(1))]})), "a.json");
    let report =
        hub.import(&file(&json!({"documents": [page("A", 1, Some(2)), page("B", 2, None)]})), "b.json");
    assert_eq!((hub.parent("A"), hub.parent("B")), (None, Some("A")));
    assert!(report.problems.iter().any(|problem| problem.what.contains("circle")), "{:?}", report.problems);
}

#[test]
fn positions_and_labels_of_this_hub_stay() {
    let map = |x: f64, label: &str| {
        file(&json!({
            "hardware": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
            "map_layout": [{"node_type": "hardware", "node_id": 1, "x": x, "y": 0, "pinned": true}],
            "relationships": [{"source_type": "hardware", "source_id": 1, "target_type": "hardware", "target_id": 2, "label": label}],
        }))
    };
    let mut hub = Hub::default();
    hub.import(&map(1.0, "old"), "a.json");
    let report = hub.import(&map(2.0, "new"), "a.json");
    assert!(report.nothing_to_do);
    assert_eq!(report.conflicts.len(), 2);
    assert_eq!((hub.lab.layout[0].x, hub.lab.links[0].label.as_deref()), (1.0, Some("old")));
}

#[test]
fn replacing_with_a_file_that_knows_no_map_leaves_the_map_of_what_stays() {
    let rows = json!([{"id": 1, "name": "a", "created_at": "2026-01-01T00:00:00.25"}, {"id": 2, "name": "b", "created_at": "2026-01-01T00:00:00.5"}]);
    let mut hub = Hub::default();
    hub.import(
        &file(&json!({
            "hardware": rows,
            "map_layout": [{"node_type": "hardware", "node_id": 1, "x": 3, "y": 4, "pinned": true}, {"node_type": "hardware", "node_id": 2, "x": 3, "y": 4}],
        })),
        "a.json",
    );
    let report = hub.replace(&file(&json!({"hardware": [rows[0]]})), "b.json");
    assert_eq!((report.deletes, hub.lab.items.len(), hub.lab.layout.len()), (1, 1, 1));
}

#[test]
fn ids_of_a_file_are_kept_only_in_an_empty_hub() {
    let mut source = Hub::default();
    source.import(&file(&json!({"hardware": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]})), "a.json");
    source.lab.items.remove(0);
    source.lab.items[0].id = 40;
    let export = source.export();
    let mut empty = Hub::default();
    empty.import(&export, "e.json");
    assert_eq!(empty.item("b").id, 40);
    let mut used = Hub::default();
    used.import(&file(&json!({"hardware": [{"id": 1, "name": "mine"}]})), "m.json");
    used.import(&export, "e.json");
    assert_eq!(used.item("b").id, 2);
    let mut huge = Hub::default();
    huge.import(&export.replace("\"id\":40", "\"id\":9007199254740000"), "e.json");
    assert_eq!(huge.item("b").id, 1, "an absurd id would use up all others");
}
