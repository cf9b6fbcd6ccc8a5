//! Files with everything wrong that reference §2.3 and §11 list.

use labkeeper_core::inventory::Rel;
use labkeeper_core::transfer::Report;
use serde_json::{Value, json};

use crate::hub::Hub;

const EVERY_DEFECT: &str = include_str!("../../../../fixtures/import-defects/every-defect.json");
const DAMAGED: &str = include_str!("../../../../fixtures/import-defects/damaged-labkeeper.json");

fn imported() -> (Hub, Report) {
    let mut hub = Hub::default();
    let report = hub.import(EVERY_DEFECT, "every-defect.json");
    (hub, report)
}

/// What the report says about a field of a row.
#[track_caller]
fn told(report: &Report, table: &str, row: impl Into<Value>, field: &str) -> String {
    let row = row.into();
    let found = report.problems.iter().find(|problem| {
        problem.table == table && problem.row == row && problem.field.as_deref().unwrap_or_default() == field
    });
    let found = found
        .unwrap_or_else(|| panic!("nothing is said about {table} {row} {field}: {:#?}", report.problems));
    format!("{}: {}", found.what, found.did)
}

fn notes<'a>(hub: &'a Hub, name: &str) -> &'a str {
    hub.item(name).fields.get("notes").and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn blanks_are_null_numbers_in_text_are_numbers_and_the_rest_is_kept_as_text() {
    let (hub, report) = imported();
    let pve = &hub.item("pve").fields;
    assert_eq!((pve.get("hostname"), pve.get("os"), &pve["ram_gb"]), (None, None, &json!(64.0)));
    assert_eq!(notes(&hub, "pve"), "main node\ncpu_cores: four");
    assert!(told(&report, "hardware", 3, "cpu_cores").contains("kept as text in the notes"));
    assert_eq!(hub.item("nas").fields["cpu_cores"], 8);
    assert_eq!(hub.item("twin id").fields.get("ram_gb"), None);
    assert_eq!(notes(&hub, "twin id"), "ram_gb: NaN");
    assert_eq!(hub.item("files").fields["cpu_cores"], 2);
    assert_eq!(notes(&hub, "no id"), "42\nhostname: {\"nested\":true}");
    let apps =
        ["two parents", "standalone", "dangling"].map(|name| hub.item(name).fields.get("https").cloned());
    assert_eq!(apps, [Some(json!(true)), Some(json!(false)), None]);
    assert!(notes(&hub, "two parents").contains("port: 99999999"));
    assert_eq!(hub.item("standalone").fields["port"], 8080);
    assert_eq!(notes(&hub, "dangling"), "port: eighty\nhttps: maybe");
    assert_eq!(hub.item("A").fields["custom"], json!({"sort_order": "x"}), "documents have no notes");
    assert_eq!(notes(&hub, "Broken"), "vlan_id: 9999\nsubnet: 10.0.0.0/99\ncolor: red");
    assert_eq!(hub.item("LAN").fields["subnet"], "10.0.0.0/24");
}

#[test]
fn addresses_are_split_and_shared_ones_are_named() {
    let (hub, report) = imported();
    let ips: Vec<&str> = hub.item("pve").fields["addresses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|address| address["ip"].as_str().unwrap())
        .collect();
    assert_eq!(ips, ["10.0.0.3", "10.0.1.3"]);
    assert_eq!(hub.item("pve").fields["addresses"][0]["mac"], "bc:24:11:00:00:03");
    assert_eq!(hub.item("nas").fields["addresses"][0]["ip"], "10.0.0.9");
    assert_eq!(notes(&hub, "nas"), "ip_address: 10.0.0.9/24\nmac_address: not a mac");
    let unnamed = "Unnamed hardware 12";
    assert!(told(&report, "hardware", 12, "name").contains(unnamed));
    assert_eq!(hub.item(unnamed).fields["addresses"][0]["ip"], "10.0.0.3");
    assert!(told(&report, "hardware", 12, "ip_address").contains("is the address of Hardware \"pve\" too"));
}

#[test]
fn icons_are_decoded_by_content_or_reported() {
    let (hub, report) = imported();
    assert_eq!(hub.item("pve").fields["icon"], "🖥️");
    let icon = hub.item("nas").fields["icon"].as_str().unwrap();
    assert_eq!(icon, format!("/api/icons/{}", hub.lab.icons[0].sha256));
    assert_eq!(hub.item("Unnamed hardware 12").fields.get("icon"), None);
    assert!(told(&report, "hardware", 12, "icon").contains("neither a PNG"));
}

#[test]
fn parents_that_are_gone_two_at_once_or_in_a_circle() {
    let (hub, report) = imported();
    assert_eq!(hub.parent("files"), Some("nas"));
    assert_eq!(hub.parent("lxc-dns"), Some("pve"));
    for (name, row) in [("lost", 2), ("by name", 6)] {
        assert_eq!(hub.parent(name), None);
        assert!(told(&report, "vms", row, "hardware_id").contains("standing on nothing"));
    }
    assert_eq!(notes(&hub, "by name"), "hardware_id: pve");
    assert_eq!(hub.parent("half filled"), None);
    assert_eq!(hub.parent("two parents"), Some("files"));
    assert!(notes(&hub, "two parents").contains("hardware_id: pve"));
    assert!(told(&report, "apps", 1, "hardware_id").contains("two things"));
    assert_eq!(
        ["A", "B", "C", "Self", "Fine"].map(|name| hub.parent(name)),
        [None, Some("C"), Some("A"), None, Some("A")]
    );
    assert!(told(&report, "documents", 1, "parent_id").contains("round a corner"));
    assert!(told(&report, "documents", 4, "parent_id").contains("stands on itself"));
    assert!(told(&report, "documents", 5, "parent_id").contains("does not exist"));
    assert_eq!(hub.item("Untitled").fields["content"], "child of nobody");
}

#[test]
fn shares_are_found_wherever_they_are() {
    let (hub, report) = imported();
    assert_eq!(
        ["media", "elsewhere", "top level", "orphan"].map(|name| hub.parent(name)),
        [Some("tank"), Some("tank"), Some("tank"), None]
    );
    assert!(told(&report, "shares", 1, "").contains("same share"));
    assert!(told(&report, "shares", 9, "storage_id").contains("does not exist"));
    assert!(told(&report, "shares", "row 3", "").contains("not an object"));
    assert!(told(&report, "storage", 5, "shares").contains("not a list"));
    assert!(told(&report, "shares", 2, "storage_id").contains("another storage"));
}

#[test]
fn old_columns_are_understood_and_unknown_ones_kept() {
    let (hub, report) = imported();
    let tank = &hub.item("tank").fields;
    assert_eq!((&tank["raw_space_tb"], &tank["usable_space_tb"]), (&json!(2.0), &json!(1.0)));
    assert!(told(&report, "storage", 4, "raw_space_gb").contains("divided by 1024"));
    assert_eq!(hub.item("nas").fields["custom"], json!({"colour": "black"}));
    assert_eq!(hub.item("files").fields["custom"], json!({"hypervisor": "kvm"}));
    assert_eq!(hub.item("two parents").fields["custom"], json!({"url": "http://old.example"}));
    assert_eq!(hub.item("UPS").fields["custom"], json!({"va": 1500, "phases": [1, 2]}));
    assert_eq!(hub.item("UPS").fields.get("properties"), None);
    assert_eq!(hub.item("Printer").fields["properties"], "{not json");
    assert!(told(&report, "settings", "all", "").contains("does not know"));
    assert!(told(&report, "version", "whole", "").contains("not a list"));
}

#[test]
fn what_points_nowhere_is_left_out_and_named() {
    let (hub, report) = imported();
    let rels = |rel: Rel| hub.lab.links.iter().filter(|link| link.rel == rel).count();
    assert_eq!(
        (rels(Rel::MemberOf), rels(Rel::Edge), rels(Rel::Related), hub.lab.layout.len()),
        (2, 2, 1, 2)
    );
    for (table, row, field, word) in [
        ("network_members", 2, "", "the same as a row before"),
        ("network_members", 3, "network_id", "does not exist"),
        ("network_members", 4, "member_id", "does not exist"),
        ("network_members", 5, "ip_on_network", "not an IP address"),
        ("map_layout", 2, "", "a row before it placed"),
        ("map_layout", 3, "node_id", "does not exist"),
        ("map_layout", 4, "", "must be numbers"),
        ("map_edges", 2, "target_id", "does not exist"),
        ("relationships", 2, "", "the same as a row before"),
        ("relationships", 3, "source_id", "does not exist"),
        ("hardware", 12, "id", "same id"),
    ] {
        assert!(told(&report, table, row, field).contains(word), "{table} {row}");
    }
    assert!(told(&report, "hardware", "row 5", "").contains("not an object"));
    let edge = hub.lab.links.iter().find(|link| link.label.as_deref() == Some("port 1")).unwrap();
    assert_eq!(edge.data, Some(json!({"style": "{\"dash\": true}"})));
    assert_eq!(hub.item("LAN").id, edge.to_id, "a network may be the end of an edge");
}

#[test]
fn times_are_kept_and_wrong_ones_named() {
    let (hub, report) = imported();
    assert_eq!(hub.item("pve").created_at.text(), "2026-01-02T03:04:05");
    assert_eq!(hub.item("pve").updated_at.text(), "2026-01-02T03:04:05.000006");
    assert_eq!(hub.item("nas").created_at, crate::hub::NOW);
    assert!(told(&report, "hardware", 9, "created_at").contains("not a time"));
}

#[test]
fn containers_are_offered_and_not_made() {
    let (hub, report) = imported();
    let offers: Vec<&str> = report.suggestions.iter().map(|offer| offer.name.as_str()).collect();
    assert_eq!(offers, ["lxc-dns"]);
    assert_eq!(hub.item("lxc-dns").kind.key(), "vms");
}

#[test]
fn a_file_full_of_defects_changes_nothing_the_second_time() {
    for (file, name) in [(EVERY_DEFECT, "every-defect.json"), (DAMAGED, "damaged-labkeeper.json")] {
        let mut hub = Hub::default();
        hub.import(file, name);
        let before = hub.export();
        let second = hub.import(file, name);
        assert!(second.nothing_to_do, "{name}: {second:#?}");
        assert_eq!(hub.export(), before);
        assert_eq!(hub.import(file, name), second);
    }
}

#[test]
fn what_arrived_with_defects_leaves_without() {
    for (file, name) in [(EVERY_DEFECT, "every-defect.json"), (DAMAGED, "damaged-labkeeper.json")] {
        let mut hub = Hub::default();
        hub.import(file, name);
        let mut other = Hub::default();
        let report = other.import(&hub.export(), "labkeeper.json");
        assert_eq!(report.problems, []);
        assert_eq!(other.export(), hub.export());
    }
}

#[test]
fn our_own_export_edited_by_careless_hands() {
    let mut hub = Hub::default();
    let report = hub.import(DAMAGED, "damaged-labkeeper.json");
    let names: Vec<&str> = hub.lab.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names.len(), 5);
    assert!(told(&report, "items", 2, "kind").contains("does not know"));
    assert!(told(&report, "items", 3, "created_at").contains("not a time"));
    assert!(told(&report, "items", 1, "id").contains("same id"));
    assert!(told(&report, "items", 1, "ram_gb").contains("kept as text"));
    assert_eq!(hub.item("host").fields["addresses"][0]["network_id"], hub.item("LAN").id);
    assert_eq!(hub.item("guest").fields["addresses"][0].get("network_id"), None);
    assert!(told(&report, "items", 3, "addresses").contains("network the file does not hold"));
    assert_eq!(hub.parent("guest"), Some("host"));
    assert_eq!((hub.parent("host"), hub.parent("Page")), (None, None));
    for (row, word) in [("row 2", "says the same"), ("row 3", "cannot stand on"), ("row 5", "no network")] {
        assert!(told(&report, "links", row, "").contains(word), "{row}");
    }
    assert!(told(&report, "links", "row 4", "parent_id").contains("stands on itself"));
    assert!(told(&report, "links", "row 6", "rel").contains("no relation"));
    assert!(told(&report, "links", "row 7", "to").contains("does not hold"));
    assert!(told(&report, "icons", "row 1", "content").contains("neither a PNG"));
    assert!(told(&report, "icons", "row 2", "content").contains("base64"));
    assert!(told(&report, "memories", "row 1", "items").contains("does not hold"));
    assert!(told(&report, "identities", "row 2", "").contains("says the same"));
    assert!(told(&report, "tokens", "whole", "").contains("not part of the format"));
    assert!(!hub.export().contains("secret"));
}
