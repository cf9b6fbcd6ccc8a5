//! The simulated lab at work, in process: tasks take their time, locks hold, a node that is gone is gone, and who may
//! only look changes nothing.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::permission::routes;
use labkeeper_sim::world::{Effect, Kind, Power, World};
use labkeeper_sim::{Answer, Ask, Cluster, Method};
use serde_json::{Value, json};

const NOW: i64 = 1_795_305_841;

fn lab(release: Release) -> Cluster {
    let mut cluster = Cluster::new(World::homelab(release, NOW));
    let access = &mut cluster.access;
    access.add_user("keeper@pve", UserChange { enabled: Some(true), ..UserChange::default() }).unwrap();
    for (token, role) in [("observe", "PVEAuditor"), ("admin", "Administrator")] {
        let full = format!("keeper@pve!{token}");
        access.add_token("keeper@pve", token, TokenChange::default()).unwrap();
        access.set_secret(&full, "secret").unwrap();
        access.grant("/", Holder::Token(full), role, true).unwrap();
        access.grant("/", Holder::User("keeper@pve".into()), role, true).unwrap();
    }
    cluster
}

fn ask(cluster: &mut Cluster, token: &str, method: Method, path: &str, given: &[(&str, &str)]) -> Answer {
    let parameters = given.iter().map(|(key, value)| ((*key).to_string(), (*value).to_string())).collect();
    let authorization = Some(format!("PVEAPIToken=keeper@pve!{token}=secret"));
    cluster.answer(&Ask { method, path: path.into(), parameters, authorization })
}

fn get(cluster: &mut Cluster, path: &str) -> Value {
    ask(cluster, "admin", Method::Get, path, &[]).unwrap()
}

fn post(cluster: &mut Cluster, path: &str, given: &[(&str, &str)]) -> Answer {
    ask(cluster, "admin", Method::Post, path, given)
}

fn refused(answer: Answer) -> (u16, String) {
    let refusal = answer.unwrap_err();
    (refusal.status, refusal.reason)
}

fn pass(cluster: &mut Cluster, seconds: i64) {
    let now = cluster.world.now_ms();
    cluster.world.advance(now + seconds * 1000);
}

fn exit(cluster: &Cluster, upid: &Value) -> Option<String> {
    cluster.world.task(upid.as_str().unwrap()).unwrap().exitstatus().map(str::to_string)
}

#[test]
fn a_task_has_its_effect_when_it_ends_and_not_before() {
    let mut lab = lab(Release::V9);
    let upid = post(&mut lab, "/nodes/pve3/lxc/115/status/start", &[]).unwrap();
    let current = "/nodes/pve3/lxc/115/status/current";
    assert_eq!((exit(&lab, &upid), get(&mut lab, current)["status"].clone()), (None, json!("stopped")));
    pass(&mut lab, 5);
    assert_eq!(
        (exit(&lab, &upid).as_deref(), get(&mut lab, current)["status"].clone()),
        (Some("OK"), json!("running"))
    );
    let status = format!("/nodes/pve3/tasks/{}/status", upid.as_str().unwrap());
    let status = get(&mut lab, &status);
    assert_eq!(
        (&status["exitstatus"], &status["user"], &status["tokenid"]),
        (&json!("OK"), &json!("keeper@pve"), &json!("admin"))
    );
}

#[test]
fn what_holds_a_guest_keeps_others_from_it_until_it_ends() {
    let mut lab = lab(Release::V9);
    let backup = post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", "nas")]).unwrap();
    let config = get(&mut lab, "/nodes/pve1/lxc/108/config");
    assert_eq!(config["lock"], "backup");
    let snapshot = post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "meanwhile")]).unwrap();
    pass(&mut lab, 2);
    assert_eq!(exit(&lab, &snapshot).as_deref(), Some("CT is locked (backup)"));
    pass(&mut lab, 10);
    assert_eq!(exit(&lab, &backup).as_deref(), Some("OK"));
    assert_eq!(get(&mut lab, "/nodes/pve1/lxc/108/config").get("lock"), None);
    let archives = ask(
        &mut lab,
        "admin",
        Method::Get,
        "/nodes/pve2/storage/nas/content",
        &[("vmid", "108"), ("content", "backup")],
    );
    let archives = archives.unwrap();
    let newest = archives.as_array().unwrap().iter().map(|row| row["ctime"].as_i64().unwrap()).max();
    assert!(newest >= Some(NOW), "every node sees what lies on the shared storage: {archives}");
}

#[test]
fn a_snapshot_brings_back_what_was_and_the_tree_stays_whole() {
    let mut lab = lab(Release::V9);
    for name in ["one", "two", "three"] {
        post(&mut lab, "/nodes/pve1/qemu/202/snapshot", &[("snapname", name), ("vmstate", "1")]).unwrap();
        pass(&mut lab, 2);
    }
    ask(&mut lab, "admin", Method::Delete, "/nodes/pve1/qemu/202/snapshot/two", &[]).unwrap();
    pass(&mut lab, 2);
    let rows = get(&mut lab, "/nodes/pve1/qemu/202/snapshot");
    let tree: Vec<(&str, Option<&str>)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["parent"].as_str()))
        .collect();
    assert_eq!(tree, [("one", None), ("three", Some("one")), ("current", Some("three"))]);
    let back = post(&mut lab, "/nodes/pve1/lxc/108/snapshot/none/rollback", &[]).unwrap();
    pass(&mut lab, 2);
    assert_eq!(exit(&lab, &back).as_deref(), Some("snapshot 'none' does not exist"));
}

#[test]
fn a_container_is_left_stopped_by_a_roll_back_that_says_ok() {
    let mut lab = lab(Release::V9);
    post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "before")]).unwrap();
    pass(&mut lab, 2);
    let back = post(&mut lab, "/nodes/pve1/lxc/108/snapshot/before/rollback", &[]).unwrap();
    pass(&mut lab, 3);
    assert_eq!(exit(&lab, &back).as_deref(), Some("OK"));
    assert_eq!(get(&mut lab, "/nodes/pve1/lxc/108/status/current")["status"], "stopped");
}

#[test]
fn a_folder_takes_no_snapshots_of_containers() {
    let mut lab = lab(Release::V9);
    for (_, volume, _) in &mut lab.world.guests.get_mut(&108).unwrap().disks {
        *volume = "local:108/vm-108-disk-0.raw".into();
    }
    let upid = post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "never")]).unwrap();
    pass(&mut lab, 2);
    assert_eq!(exit(&lab, &upid).as_deref(), Some("snapshot feature is not available"));
}

#[test]
fn a_node_that_is_gone_takes_only_its_own_with_it() {
    let mut lab = lab(Release::V9);
    lab.world.nodes.get_mut("pve3").unwrap().online = false;
    let rows = get(&mut lab, "/cluster/resources");
    let of = |id: &str| rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(
        (&of("node/pve3")["status"], &of("lxc/106")["status"]),
        (&json!("offline"), &json!("unknown"))
    );
    assert_eq!(of("lxc/100")["status"], "running");
    assert_eq!(refused(ask(&mut lab, "admin", Method::Get, "/nodes/pve3/status", &[])).0, 595);
    assert_eq!(get(&mut lab, "/cluster/status")[0]["quorate"], 1);
}

#[test]
fn a_guest_without_an_agent_says_which_way_it_has_none() {
    let mut lab = lab(Release::V9);
    let mut ping = |vmid: u32, node: &str| {
        post(&mut lab, &format!("/nodes/{node}/qemu/{vmid}/agent/ping"), &[])
            .map_err(|refusal| refusal.reason)
    };
    assert_eq!(ping(202, "pve1"), Ok(json!({"result": {}})));
    assert_eq!(ping(200, "pve1"), Err("No QEMU guest agent configured".into()));
    assert_eq!(ping(206, "pve3"), Err("QEMU guest agent is not running".into()));
    assert_eq!(ping(207, "pve1"), Err("VM 207 is not running".into()));
    assert_eq!(
        ping(999, "pve1"),
        Err("Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist".into())
    );
}

/// Every method there is that could change something, with everything in place that a path needs.
#[test]
fn who_may_only_look_changes_nothing_whatever_is_called() {
    for release in [Release::V8, Release::V9] {
        let mut lab = lab(release);
        let before = format!("{:?} {:?}", lab.world, lab.access);
        let mut tried = 0;
        for route in routes(release).iter().filter(|route| route.method != Method::Get) {
            let path = route.template.replace("{node}", "pve1").replace("{storage}", "nas");
            let path = if path.contains("/qemu/") {
                path.replace("{vmid}", "202")
            } else {
                path.replace("{vmid}", "108")
            };
            let path = path.replace("{userid}", "other@pve").replace(['{', '}'], "");
            let _ = ask(&mut lab, "observe", route.method, &path, &[]);
            tried += 1;
            assert_eq!(
                format!("{:?} {:?}", lab.world, lab.access),
                before,
                "{} {path}",
                route.method.as_str()
            );
        }
        assert!(tried > 200, "{tried}");
    }
}

#[test]
fn a_moment_is_the_same_however_it_is_reached() {
    let mut at_once = World::homelab(Release::V9, NOW);
    let mut in_steps = at_once.clone();
    for world in [&mut at_once, &mut in_steps] {
        for (vmid, power) in [(100, Power::Stop), (100, Power::Start), (101, Power::Reboot)] {
            world.begin("pve2", "root@pam", Effect::Power(Kind::Lxc, vmid, power));
        }
    }
    at_once.advance((NOW + 60) * 1000);
    for step in 0..=6_000 {
        in_steps.advance(NOW * 1000 + step * 10);
    }
    assert_eq!(format!("{at_once:?}"), format!("{in_steps:?}"));
}

#[test]
fn the_lab_is_whole() {
    let lab = World::homelab(Release::V9, NOW);
    let mut addresses = BTreeMap::new();
    for guest in lab.guests.values() {
        let node = &lab.nodes[&guest.node];
        for nic in &guest.nics {
            assert!(
                node.interfaces.iter().any(|interface| interface.name == nic.bridge),
                "{} {}",
                guest.name,
                nic.bridge
            );
            if let Some(ip) = &nic.ip {
                assert_eq!(addresses.insert(ip.clone(), guest.name.clone()), None, "{ip} twice");
            }
        }
        for (_, volume, _) in &guest.disks {
            let storage = &lab.storages[volume.split(':').next().unwrap()];
            assert!(
                storage.is_on(&guest.node) && storage.volumes.iter().any(|(_, of)| of.volid == *volume),
                "{volume}"
            );
        }
    }
    assert_eq!((lab.nodes.len(), lab.guests.len()), (3, 26));
}
