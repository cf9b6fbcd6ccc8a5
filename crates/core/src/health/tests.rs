//! Each rule at its thresholds, and what becomes of what was not seen.

use proptest::prelude::*;

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
    ClusterFacts { name: "home".parse().unwrap(), members: None, nodes, guests: None, backups: None }
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
        volume.backup().unwrap()
    };
    let lab = |backups| ClusterFacts {
        guests: Some(Ok(vec![guest(101, "running", 1, ""), guest(103, "stopped", 0, r#", "template": 1"#)])),
        backups: Some(Ok(backups)),
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

proptest! {
    /// Whatever is hidden, that part is unknown, and so the whole is never ok.
    #[test]
    fn what_was_not_seen_is_never_ok(hidden in 0..9usize) {
        let unseen = || Unseen { problem: "not allowed".into(), remedy: "allow it".into() };
        let mut facts = NodeFacts {
            status: status(0.1, 10),
            pools: Some(Ok(vec![])),
            storages: Some(Ok(vec![])),
            services: Some(Ok(vec![])),
            updates: Some(Ok(vec![])),
            certificates: Some(Ok(vec![])),
            replication: Some(Ok(vec![])),
            ..node("pve1")
        };
        let mut lab = ClusterFacts {
            members: Some(Ok(read("[]"))),
            guests: Some(Ok(vec![])),
            backups: Some(Ok(vec![])),
            ..cluster(vec![])
        };
        match hidden {
            0 => facts.status = Some(Err(unseen())),
            1 => facts.pools = Some(Err(unseen())),
            2 => facts.storages = Some(Err(unseen())),
            3 => facts.services = Some(Err(unseen())),
            4 => facts.updates = Some(Err(unseen())),
            5 => facts.certificates = Some(Err(unseen())),
            6 => facts.replication = Some(Err(unseen())),
            7 => lab.guests = Some(Err(unseen())),
            _ => lab.backups = Some(Err(unseen())),
        }
        lab.nodes = vec![facts];
        let found = judge(&[lab], &Section::ALL.into(), &Thresholds::default(), NOW);
        let whole = Level::worst(found.iter().map(|finding| finding.status));
        prop_assert_eq!(whole, Level::Unknown);
        let bare = found.iter().filter(|one| one.status != Level::Ok).find(|one| one.remedy.is_none());
        prop_assert!(bare.is_none(), "{bare:?} says nothing to do");
    }
}

#[test]
fn a_paused_guest_does_not_run() {
    let lab =
        ClusterFacts { guests: Some(Ok(vec![guest(101, "paused", 1, "")])), ..cluster(vec![node("pve1")]) };
    assert_eq!(judged(lab, Section::Guests)[0].1, Level::Warn);
}
