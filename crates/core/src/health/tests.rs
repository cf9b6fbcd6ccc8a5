//! Each rule at its thresholds, and what becomes of what was not seen.

use super::*;
use crate::checkup::Level;

const NOW: i64 = 1_800_000_000;

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

fn node(name: &str) -> NodeFacts {
    NodeFacts {
        name: name.parse().unwrap(),
        is_online: true,
        status: None,
        pools: None,
        storages: None,
        services: None,
        updates: None,
        certificates: None,
        replication: None,
    }
}

fn cluster(nodes: Vec<NodeFacts>) -> ClusterFacts {
    ClusterFacts {
        name: "home".parse().unwrap(),
        silent: None,
        cut: None,
        members: None,
        nodes,
        guests: None,
        backups: None,
    }
}

fn judged(cluster: ClusterFacts, section: Section) -> Vec<(String, Level)> {
    let found = judge(&[cluster], &[section].into(), &Thresholds::default(), NOW);
    found.into_iter().map(|finding| (finding.check, finding.status)).collect()
}

fn status(load: f64, used: u64) -> Option<Seen<crate::pve::NodeStatus>> {
    Some(Ok(read(&format!(
        r#"{{"loadavg": ["{load}"], "cpuinfo": {{"cpus": 10}}, "memory": {{"total": 100, "used": {used}}},
            "rootfs": {{"total": 100, "used": {used}}}}}"#
    ))))
}

#[test]
fn load_memory_and_space_have_the_predecessors_thresholds() {
    let of = |load, used, section| {
        judged(cluster(vec![NodeFacts { status: status(load, used), ..node("pve1") }]), section)
    };
    let pair = |check: &str, level| (check.to_string(), level);
    assert_eq!(of(7.9, 84, Section::Node), [pair("load", Level::Ok), pair("memory", Level::Ok)]);
    assert_eq!(of(8.0, 95, Section::Node), [pair("memory", Level::Crit), pair("load", Level::Warn)]);
    assert_eq!(of(15.0, 85, Section::Node), [pair("load", Level::Crit), pair("memory", Level::Warn)]);
    assert_eq!(of(1.0, 79, Section::Storage), [pair("fs:/", Level::Ok)]);
    assert_eq!(of(1.0, 80, Section::Storage), [pair("fs:/", Level::Warn)]);
    assert_eq!(of(1.0, 90, Section::Storage), [pair("fs:/", Level::Crit)]);
    let silent = NodeFacts { status: Some(Ok(read("{}"))), ..node("pve1") };
    assert_eq!(
        judged(cluster(vec![silent]), Section::Node),
        [pair("load", Level::Unknown), pair("memory", Level::Unknown)]
    );
}

#[test]
fn a_shared_storage_is_said_once_and_one_that_is_not_reached_is_said_where() {
    let with = |name: &str, active: u8| NodeFacts {
        storages: Some(Ok(vec![
            read(&format!(
                r#"{{"storage": "nas", "active": {active}, "shared": 1, "total": 100, "used": 10}}"#
            )),
            read(r#"{"storage": "off", "active": 0, "enabled": 0}"#),
        ])),
        ..node(name)
    };
    let lab = cluster(vec![with("pve1", 1), with("pve2", 1), with("pve3", 0)]);
    let found = judge(&[lab], &[Section::Storage].into(), &Thresholds::default(), NOW);
    let said: Vec<_> = found.iter().map(|one| (one.node.as_deref().unwrap(), one.status)).collect();
    assert_eq!(said, [("pve3", Level::Warn), ("pve1", Level::Ok)]);
}

fn guest(vmid: u32, status: &str, onboot: u8, more: &str) -> GuestFacts {
    GuestFacts {
        row: read(&format!(
            r#"{{"type": "lxc", "vmid": {vmid}, "node": "pve1", "name": "g{vmid}", "status": "{status}"{more}}}"#
        )),
        config: Some(Ok(read(&format!(r#"{{"onboot": {onboot}}}"#)))),
    }
}

#[test]
fn guests_that_should_run_and_do_not_are_named() {
    let lab = |guests| ClusterFacts { guests: Some(Ok(guests)), ..cluster(vec![node("pve1")]) };
    let told = |guests| {
        let found = judge(&[lab(guests)], &[Section::Guests].into(), &Thresholds::default(), NOW);
        found.into_iter().map(|one| (one.status, one.finding)).collect::<Vec<_>>()
    };
    let fine = vec![
        guest(101, "running", 1, ""),
        guest(102, "stopped", 0, ""),
        guest(103, "stopped", 1, r#", "template": 1"#),
    ];
    assert_eq!(told(fine)[0].0, Level::Ok);
    let wrong = told(vec![guest(101, "stopped", 1, "")]);
    assert_eq!(wrong[0].0, Level::Warn);
    assert!(wrong[0].1.contains("101 (g101)"));
    let unseen = GuestFacts { config: None, ..guest(101, "stopped", 1, "") };
    assert_eq!(told(vec![unseen])[0].0, Level::Unknown);
}

#[test]
fn a_backup_counts_by_its_own_time_and_not_when_its_check_failed() {
    let backup = |vmid: u32, days: i64, verified: &str| {
        let volume: crate::pve::StoredVolume = read(&format!(
            r#"{{"volid": "nas:backup/vzdump-lxc-{vmid}-x.tar.zst", "content": "backup", "vmid": {vmid}, "ctime": {}, {verified} "size": 1}}"#,
            NOW - days * 86_400
        ));
        PlacedBackup { node: None, volume: volume.backup().unwrap() }
    };
    let lab = |backups| ClusterFacts {
        guests: Some(Ok(vec![guest(101, "running", 1, ""), guest(103, "stopped", 0, r#", "template": 1"#)])),
        backups: Some(SeenBackups { backups, unseen: vec![] }),
        ..cluster(vec![node("pve1")])
    };
    let level = |backups| judged(lab(backups), Section::Backups)[0].1;
    assert_eq!(level(vec![backup(101, 30, ""), backup(101, 6, "")]), Level::Ok);
    assert_eq!(level(vec![backup(101, 7, "")]), Level::Warn);
    assert_eq!(level(vec![]), Level::Warn);
    let failed = lab(vec![backup(101, 30, ""), backup(101, 1, r#""verification": {"state": "failed"},"#)]);
    let checks: Vec<String> = judged(failed, Section::Backups).into_iter().map(|(check, _)| check).collect();
    assert_eq!(checks, ["recent-backups", "verified"]);
}

#[test]
fn certificates_services_updates_replication_and_quorum() {
    let level = |facts: NodeFacts, section| judged(cluster(vec![facts]), section)[0].1;
    let shown = |rows: &[(&str, i64)]| NodeFacts {
        certificates: Some(Ok(rows
            .iter()
            .map(|(file, days)| {
                read(&format!(r#"{{"filename": "{file}", "notafter": {}}}"#, NOW + days * 86_400 + 60))
            })
            .collect())),
        ..node("pve1")
    };
    for (rows, expected) in [
        (&[("pve-ssl.pem", 31)][..], Level::Ok),
        (&[("pve-ssl.pem", 30)], Level::Warn),
        (&[("pve-ssl.pem", 7)], Level::Crit),
        (&[("pve-root-ca.pem", 20), ("pve-ssl.pem", 300)], Level::Warn),
        // The node's own is not shown where the owner brought one.
        (&[("pve-root-ca.pem", 3000), ("pve-ssl.pem", 2), ("pveproxy-ssl.pem", 60)], Level::Ok),
        (&[], Level::Unknown),
    ] {
        assert_eq!(level(shown(rows), Section::Certificates), expected, "{rows:?}");
    }
    let services = |state: &str| NodeFacts {
        services: Some(Ok(vec![read(&format!(r#"{{"service": "pveproxy", "state": "{state}"}}"#))])),
        ..node("pve1")
    };
    assert_eq!(level(services("running"), Section::Units), Level::Ok);
    assert_eq!(level(services("failed"), Section::Units), Level::Warn);
    let critical = Thresholds { critical_units: vec!["pveproxy.service".into()], ..Thresholds::default() };
    let found = judge(&[cluster(vec![services("failed")])], &[Section::Units].into(), &critical, NOW);
    assert_eq!(found[0].status, Level::Crit);
    let updates = |many: usize| NodeFacts {
        updates: Some(Ok((0..many).map(|_| read(r#"{"Package": "bash"}"#)).collect())),
        ..node("pve1")
    };
    assert_eq!(level(updates(50), Section::Updates), Level::Ok);
    assert_eq!(level(updates(51), Section::Updates), Level::Warn);
    let jobs = |job: &str| NodeFacts { replication: Some(Ok(vec![read(job)])), ..node("pve1") };
    assert_eq!(level(jobs(r#"{"id": "101-0", "last_sync": 5}"#), Section::Replication), Level::Ok);
    assert_eq!(level(jobs(r#"{"id": "101-0", "last_sync": 0}"#), Section::Replication), Level::Unknown);
    assert_eq!(
        level(jobs(r#"{"id": "101-0", "last_sync": 5, "fail_count": 2}"#), Section::Replication),
        Level::Warn
    );
    assert_eq!(
        level(jobs(r#"{"id": "101-0", "last_sync": 0, "error": "no route"}"#), Section::Replication),
        Level::Crit
    );
    let torn = ClusterFacts {
        members: Some(Ok(read(r#"[{"type": "cluster", "name": "lab", "quorate": 0}]"#))),
        ..cluster(vec![node("pve1"), NodeFacts { is_online: false, ..node("pve2") }])
    };
    assert!(judged(torn, Section::Cluster).iter().all(|(_, level)| *level == Level::Crit));
}

fn unseen() -> Unseen {
    Unseen { problem: "not allowed".into(), remedy: "allow it".into() }
}

/// A cluster of which all was seen, and all is well.
fn well() -> ClusterFacts {
    let certificate = format!(r#"{{"filename": "pve-ssl.pem", "notafter": {}}}"#, NOW + 300 * 86_400);
    let facts = NodeFacts {
        status: status(0.1, 10),
        pools: Some(Ok(vec![])),
        storages: Some(Ok(vec![])),
        services: Some(Ok(vec![])),
        updates: Some(Ok(vec![])),
        certificates: Some(Ok(vec![read(&certificate)])),
        replication: Some(Ok(vec![])),
        ..node("pve1")
    };
    ClusterFacts {
        members: Some(Ok(read("[]"))),
        guests: Some(Ok(vec![])),
        backups: Some(SeenBackups::default()),
        ..cluster(vec![facts])
    }
}

/// Hides one fact of it; the section that then nobody knows.
fn hide(lab: &mut ClusterFacts, which: usize) -> Section {
    let facts = &mut lab.nodes[0];
    match which {
        0 => facts.status = Some(Err(unseen())),
        1 => facts.pools = Some(Err(unseen())),
        2 => facts.storages = Some(Err(unseen())),
        3 => facts.services = Some(Err(unseen())),
        4 => facts.updates = Some(Err(unseen())),
        5 => facts.certificates = Some(Err(unseen())),
        6 => facts.replication = Some(Err(unseen())),
        7 => lab.guests = Some(Err(unseen())),
        8 => {
            lab.guests = Some(Ok(vec![guest(101, "running", 1, "")]));
            lab.backups = Some(SeenBackups { backups: vec![], unseen: vec![unseen()] });
        }
        9 => lab.members = Some(Err(unseen())),
        10 => lab.silent = Some(unseen()),
        _ => lab.cut = Some(unseen()),
    }
    [
        Section::Node,
        Section::Node,
        Section::Storage,
        Section::Units,
        Section::Updates,
        Section::Certificates,
        Section::Replication,
        Section::Guests,
        Section::Backups,
        Section::Cluster,
        Section::Cluster,
        Section::Cluster,
    ][which]
}

/// Whatever is hidden, of one cluster of two: its section is unknown, says what to do, and the whole is not ok. Whatever is
/// asked for, a cluster that does not answer leaves a finding.
#[test]
fn what_was_not_seen_is_never_ok() {
    let roll_up = |found: &[Finding]| Level::worst(found.iter().map(|finding| finding.status));
    let all: BTreeSet<Section> = Section::ALL.into();
    let fine = judge(&[well(), well()], &all, &Thresholds::default(), NOW);
    assert_eq!(roll_up(&fine), Level::Ok, "{fine:?}");
    for which in 0..12 {
        let mut ill = well();
        let section = hide(&mut ill, which);
        let found = judge(&[well(), ill.clone()], &all, &Thresholds::default(), NOW);
        assert_eq!(roll_up(&found), Level::Unknown, "fact {which}");
        let unknown: Vec<&Finding> = found.iter().filter(|one| one.status == Level::Unknown).collect();
        assert!(unknown.iter().any(|one| one.section == section.as_str()), "fact {which}: {unknown:?}");
        assert!(unknown.iter().all(|one| one.remedy.is_some()), "{unknown:?} says nothing to do");
    }
    for which in [10, 11] {
        let mut blind = well();
        hide(&mut blind, which);
        for section in Section::ALL {
            let found = judge(&[well(), blind.clone()], &[section].into(), &Thresholds::default(), NOW);
            assert_eq!(roll_up(&found), Level::Unknown, "{section:?}");
        }
    }
}

#[test]
fn a_paused_guest_does_not_run() {
    let lab =
        ClusterFacts { guests: Some(Ok(vec![guest(101, "paused", 1, "")])), ..cluster(vec![node("pve1")]) };
    assert_eq!(judged(lab, Section::Guests)[0].1, Level::Warn);
}
