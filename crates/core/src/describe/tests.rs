//! Reports of a small cluster, made by hand.

use std::collections::BTreeMap;

use super::*;
use crate::pve::{GuestRow, NodeRow, StorageRow, StorageStatus};
use crate::reconcile::{SeenGuest, SeenNode};

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

fn census() -> Census {
    let row: NodeRow =
        read(r#"{"node": "pve1", "status": "online", "uptime": 7200, "maxmem": 100, "mem": 40}"#);
    let node = SeenNode {
        row,
        address: None,
        status: Some(read(
            r#"{"loadavg": ["0.1", "0.2", "0.3"], "cpuinfo": {"cpus": 8}, "pveversion": "pve-manager/9.1.8/a8e2"}"#,
        )),
        network: Some(vec![
            read(
                r#"{"iface": "vmbr0", "type": "bridge", "active": 1, "cidr": "10.0.0.1/24", "bridge_ports": "eno1"}"#,
            ),
            read(r#"{"iface": "eno1", "type": "eth", "exists": 1}"#),
        ]),
        storages: Some(vec![read::<StorageStatus>(
            r#"{"storage": "local", "type": "dir", "active": 1, "total": 1000, "used": 100, "avail": 900}"#,
        )]),
        pools: Some(Vec::new()),
    };
    let guest = |json: &str, config: &str| SeenGuest {
        row: read::<GuestRow>(json),
        config: Some(read(config)),
        interfaces: None,
        os: None,
        agent: None,
    };
    Census {
        cluster: "home".parse().unwrap(),
        version: None,
        nodes: vec![node],
        guests: vec![
            guest(
                r#"{"type": "lxc", "vmid": 102, "node": "pve1", "name": "web", "status": "running"}"#,
                r#"{"rootfs": "local:102/x.raw", "memory": 512}"#,
            ),
            guest(
                r#"{"type": "lxc", "vmid": 101, "node": "pve1", "name": "dns", "status": "stopped"}"#,
                r#"{"rootfs": "local:101/x.raw", "memory": 256, "description": "secret words"}"#,
            ),
        ],
        storages: vec![read::<StorageRow>(r#"{"storage": "local", "node": "pve1", "plugintype": "dir"}"#)],
    }
}

fn all() -> BTreeSet<Section> {
    Section::ALL.into()
}

fn report(census: &Census, depth: Depth) -> Report {
    describe(
        &[Looked { cluster: "home", census: Some(census), errors: Vec::new() }],
        &all(),
        depth,
        "2026-11-28T09:00:00".into(),
    )
}

#[test]
fn sections_are_told_as_the_predecessor_told_them() {
    let told = serde_json::to_value(report(&census(), Depth::Summary)).unwrap();
    assert_eq!(told["schemaVersion"], 1);
    let sections = &told["sections"];
    assert_eq!(sections["node"][0]["version"], "9.1.8");
    assert_eq!(sections["node"][0]["uptime"], "up 2 hours");
    assert_eq!(sections["node"][0]["zpool"]["detail"], "no pools");
    assert_eq!(sections["storage"][0]["availBytes"], 900);
    assert_eq!(
        sections["network"][0]["bridges"][0],
        serde_json::json!({"name": "vmbr0", "ports": ["eno1"], "address": "10.0.0.1/24"})
    );
    assert_eq!(sections["network"][0]["ifaces"][0]["state"], "DOWN");
    let numbers: Vec<_> =
        sections["containers"].as_array().unwrap().iter().map(|guest| &guest["vmid"]).collect();
    assert_eq!(numbers, [101, 102]);
    assert!(sections["containers"][0].get("config").is_none());
    assert_eq!(sections["services"]["unavailableAtTier"], "companion");
    assert_eq!(told["coverage"]["services"], "unknown");
}

#[test]
fn depth_adds_what_it_promises_and_leaves_secrets_out() {
    let status = report(&census(), Depth::Status);
    let guest = &status.sections.containers.as_ref().unwrap()[0];
    assert_eq!(guest.snapshot_capable, Some(false));
    assert!(guest.config.is_none());
    let full = report(&census(), Depth::Full);
    assert_eq!(full.redactions, 1);
    assert!(!serde_json::to_string(&full).unwrap().contains("secret words"));
}

#[test]
fn what_could_not_be_asked_makes_a_section_unknown_and_the_report_no_baseline() {
    assert!(report(&census(), Depth::Summary).is_whole());
    let error = ProbeError {
        section: Section::Storage,
        cluster: "home".into(),
        probe: "storages of pve2".into(),
        error: "it is away".into(),
        remedy: "wake it".into(),
    };
    let census = census();
    let looked = [Looked { cluster: "home", census: Some(&census), errors: vec![error] }];
    let partial = describe(&looked, &all(), Depth::Summary, String::new());
    assert_eq!(partial.coverage[&Section::Storage], Level::Unknown);
    assert_eq!(partial.coverage[&Section::Vms], Level::Ok);
    assert!(!partial.is_whole());
    let drift = compare(&report(&census, Depth::Summary), &partial, 10);
    assert!(!drift.sections.contains_key(&Section::Storage) && drift.is_empty(), "{drift:?}");
}

#[test]
fn differences_are_named_and_small_ones_of_storages_are_none() {
    let before = census();
    let mut after = census();
    after.guests.remove(0);
    after.guests[0].row =
        read(r#"{"type": "lxc", "vmid": 101, "node": "pve2", "name": "dns", "status": "running"}"#);
    after.guests[0].config =
        Some(read(r#"{"rootfs": "local:101/x.raw", "memory": 512, "onboot": 1, "digest": "new"}"#));
    after.guests.push(SeenGuest {
        row: read(r#"{"type": "lxc", "vmid": 103, "node": "pve1", "name": "new", "status": "running"}"#),
        config: None,
        interfaces: None,
        os: None,
        agent: None,
    });
    let used = |census: &mut Census, used| census.nodes[0].storages.as_mut().unwrap()[0].used = Some(used);
    used(&mut after, 199);
    let drift = compare(&report(&before, Depth::Full), &report(&after, Depth::Full), 10);
    let containers = &drift.sections[&Section::Containers];
    assert_eq!(
        (&containers.added[..], &containers.removed[..]),
        (&["home/103 new".to_string()][..], &["home/102 web".to_string()][..])
    );
    let changed: BTreeMap<&str, (&str, &str)> = containers
        .changed
        .iter()
        .map(|one| (one.field.as_str(), (one.from.as_str(), one.to.as_str())))
        .collect();
    assert_eq!(changed["node"], ("pve1", "pve2"));
    assert_eq!(changed["status"], ("stopped", "running"));
    assert_eq!(changed["config.memory"], ("256", "512"));
    assert_eq!(changed["config.onboot"], ("(absent)", "1"));
    assert_eq!(changed["config.description"], ("[redacted]", "(absent)"));
    assert!(!changed.contains_key("config.digest"));
    assert!(drift.sections[&Section::Storage].changed.is_empty());
    used(&mut after, 200);
    let drift = compare(&report(&before, Depth::Full), &report(&after, Depth::Full), 10);
    assert_eq!(drift.sections[&Section::Storage].changed[0].to, "20 %");
}

#[test]
fn long_lists_are_cut_and_nothing_is_then_called_gone() {
    let mut many = census();
    for number in 1000..1300 {
        let row = format!(r#"{{"type": "lxc", "vmid": {number}, "node": "pve1", "status": "stopped"}}"#);
        many.guests.push(SeenGuest {
            row: read(&row),
            config: None,
            interfaces: None,
            os: None,
            agent: None,
        });
    }
    let cut = report(&many, Depth::Summary);
    assert_eq!(cut.sections.containers.as_ref().unwrap().len(), MOST_ROWS);
    assert_eq!(cut.truncations[0].omitted, 102);
    assert!(!cut.is_whole());
    assert!(compare(&cut, &cut, 10).is_empty());
}
