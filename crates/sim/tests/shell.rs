//! The command line of a simulated node beside that of a real one: what was recorded there is run again in the lab that
//! was recorded, and has to print the same and end with the same code.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use labkeeper_sim::Cluster;
use labkeeper_sim::shell::{Output, Step, run};
use labkeeper_sim::world::{Guest, Status, Storage, StorageKind};
use serde::Deserialize;
use serde_json::Value;

#[allow(dead_code, reason = "the suite of the wire signs in, root at a terminal does not")]
#[path = "recorded/lab.rs"]
mod lab;

#[derive(Deserialize)]
struct Recorded {
    name: String,
    out: String,
    err: String,
    code: u8,
}

fn recorded(name: &str) -> Output {
    let all: Vec<Recorded> = serde_json::from_str(include_str!("../../../fixtures/pve/cli.json")).unwrap();
    let one = all.into_iter().find(|recorded| recorded.name == name).unwrap();
    Output { stdout: one.out, stderr: one.err, code: one.code }
}

/// The recorded lab, with what only the recordings of the command line saw of it.
fn lab() -> Cluster {
    let mut cluster = lab::lab();
    let machine = cluster.world.guests.get_mut(&200).unwrap();
    machine.memory = 192;
    machine.status = Status::Running { since: 0, pid: 1236 };
    cluster.world.nodes.get_mut("pve1").unwrap().kernel = "6.18.44-fc-v669".into();
    cluster
}

/// The same with a container whose disk can be snapshot.
fn lab_with_snapshots() -> Cluster {
    let mut cluster = lab();
    let local = cluster.world.storages["local"].clone();
    let tank = Storage { id: "tank".into(), kind: StorageKind::ZfsPool, ..local };
    cluster.world.storages.insert("tank".into(), tank);
    let like = cluster.world.guests[&101].clone();
    let disks = vec![("rootfs".to_string(), "tank:subvol-102-disk-0".to_string(), 1)];
    let guest = Guest { vmid: 102, name: "snapct".into(), disks, ..like };
    cluster.world.guests.insert(102, guest);
    cluster
}

/// Runs a command to its end, and lets the time pass that it needs.
fn enter(cluster: &mut Cluster, command: &[&str]) -> Output {
    let words: Vec<String> = command.iter().map(|word| (*word).to_string()).collect();
    let mut step = run(cluster, "pve1", &words);
    for _ in 0..100 {
        match step {
            Step::Done(output) => return output,
            Step::Waits(waiting) => {
                let soon = cluster.world.now_ms() + 100;
                cluster.world.advance(soon);
                step = waiting.look(&cluster.world);
            }
            other => panic!("{command:?} wants somebody outside: {other:?}"),
        }
    }
    panic!("{command:?} does not end")
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// `key: value` by key.
fn facts(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.split_once(':')).collect()
}

#[test]
fn what_is_read_and_what_fails_is_said_as_on_the_real_node() {
    for (name, line) in [
        ("pct_list", "pct list"),
        ("qm_list", "qm list"),
        ("pct_status", "pct status 101"),
        ("pct_status_missing", "pct status 999"),
        ("qm_status_missing", "qm status 999"),
        ("pct_start_running", "pct start 101"),
        ("pct_snapshot", "pct snapshot 101 s1"),
        ("qm_snapshot_raw", "qm snapshot 200 s1"),
        ("pct_listsnapshot", "pct listsnapshot 101"),
        ("qm_listsnapshot", "qm listsnapshot 200"),
        ("pct_reboot", "pct reboot 101"),
        ("pveversion", "pveversion"),
        ("nextid", "pvesh get /cluster/nextid"),
        ("pvesh_bad", "pvesh get /nosuch"),
        ("pvesh_lxc_missing", "pvesh get /nodes/pve1/lxc/999/config"),
        ("pveum_users", "pveum user list --full --output-format json"),
        ("pveum_perm", "pveum user permissions mcp@pve!op --output-format json"),
    ] {
        assert_eq!(enter(&mut lab(), &words(line)), recorded(name), "{line}");
    }
}

#[test]
fn the_roles_of_the_release_are_listed_whatever_their_order() {
    let by_name = |output: Output| -> BTreeMap<String, Value> {
        let rows: Vec<Value> = serde_json::from_str(&output.stdout).unwrap();
        rows.into_iter().map(|row| (row["roleid"].as_str().unwrap().to_string(), row)).collect()
    };
    let there = by_name(recorded("pveum_roles"));
    let mut here = by_name(enter(&mut lab(), &words("pveum role list --output-format json")));
    here.retain(|_, row| row["special"] == 1);
    assert!(here.len() > 15);
    for (name, row) in &here {
        assert_eq!(Some(row), there.get(name), "{name}");
    }
}

#[test]
fn a_configuration_and_a_state_have_the_lines_of_the_real_ones() {
    let (there, here) = (recorded("pct_config"), enter(&mut lab(), &words("pct config 101")));
    let (there, here) = (facts(&there.stdout), facts(&here.stdout));
    for (key, value) in &there {
        // The recorded disk had no size of its own.
        assert!(
            *key == "rootfs" || here.get(key) == Some(value),
            "{key}: {value} there, {:?} here",
            here.get(key)
        );
    }
    for (name, line) in [
        ("qm_config", "qm config 200"),
        ("pct_status_v", "pct status 101 --verbose"),
        ("qm_status_v", "qm status 200 --verbose"),
    ] {
        let (there, here) = (recorded(name), enter(&mut lab(), &words(line)));
        let keys =
            |output: &Output| facts(&output.stdout).into_keys().map(str::to_string).collect::<Vec<_>>();
        // The recorded machine had no description, and was asked when its disk had no figures yet.
        let of_ours = ["description", "diskread", "diskwrite"];
        let mut here = keys(&here);
        here.retain(|key| line.starts_with("pct") || !of_ours.contains(&key.as_str()));
        assert_eq!(here, keys(&there), "{line}");
    }
}

#[test]
fn snapshots_come_and_go_as_on_the_real_node() {
    let mut lab = lab_with_snapshots();
    lab.world.advance(1_795_306_876_000);
    let create = ["pct", "snapshot", "102", "before-change", "--description", "auto"];
    assert_eq!(enter(&mut lab, &create), recorded("snap_create"));
    for (name, command) in [
        ("snap_list", &["pct", "listsnapshot", "102"][..]),
        ("snap_dup", &["pct", "snapshot", "102", "before-change"]),
        ("snap_badname", &["pct", "snapshot", "102", "bad name"]),
        ("snap_missing", &["pct", "rollback", "102", "nope"]),
        ("snap_rollback_running", &["pct", "rollback", "102", "before-change"]),
    ] {
        assert_eq!(enter(&mut lab, command), recorded(name), "{command:?}");
    }
    assert_eq!(
        enter(&mut lab, &words("pct status 102")).stdout,
        "status: stopped\n",
        "and nobody started it"
    );
    assert_eq!(enter(&mut lab, &words("pct delsnapshot 102 before-change")), Output::default());
    let left = enter(&mut lab, &words("pct listsnapshot 102"));
    assert_eq!(left, recorded("pct_listsnapshot"));
}

#[test]
fn a_lock_is_seen_and_holds() {
    let mut lab = lab_with_snapshots();
    let like = lab.world.guests[&102].clone();
    let held = Guest { vmid: 103, lock: Some("backup".into()), status: Status::Stopped, ..like };
    lab.world.guests.insert(103, held);
    lab.world.guests.get_mut(&100).unwrap().status = Status::Stopped;
    let (start, list) = (enter(&mut lab, &words("pct start 103")), enter(&mut lab, &words("pct list")));
    let there = recorded("lock_ct2");
    assert_eq!((start.stderr, start.code, list.stdout), (there.stderr, 255, there.stdout));
}

#[test]
fn what_is_done_here_is_done_in_the_lab() {
    let mut lab = lab();
    for line in [
        "pveum role add Operate --privs VM.Audit,VM.PowerMgmt",
        "pveum role modify Operate --append --privs VM.Snapshot",
        "pveum user add keeper@pve --comment mine",
        "pveum acl modify / --users keeper@pve --roles PVEAuditor --roles Operate",
    ] {
        assert_eq!(enter(&mut lab, &words(line)), Output::default(), "{line}");
    }
    let made =
        enter(&mut lab, &words("pveum user token add keeper@pve one --privsep 0 --output-format json"));
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    assert_eq!(made["full-tokenid"], "keeper@pve!one");
    let secret = format!("PVEAPIToken=keeper@pve!one={}", made["value"].as_str().unwrap());
    let who = lab.access.authenticate(Some(&secret), lab.world.now()).unwrap();
    assert!(lab.access.may(&who, "/vms/101", &["VM.Snapshot"], &lab.world));

    assert_eq!(enter(&mut lab, &words("pveum role modify Operate --privs VM.Audit")), Output::default());
    assert!(!lab.access.may(&who, "/vms/101", &["VM.Snapshot"], &lab.world), "without --append it replaces");
    let taken = enter(&mut lab, &words("pveum acl delete / --users keeper@pve --roles PVEAuditor,Operate"));
    assert_eq!((taken, lab.access.may(&who, "/", &["VM.Audit"], &lab.world)), (Output::default(), false));
    assert_eq!(enter(&mut lab, &words("pveum user token remove keeper@pve one")), Output::default());
    assert!(lab.access.authenticate(Some(&secret), lab.world.now()).is_err());

    assert_eq!(enter(&mut lab, &words("pct stop 101")), Output::default());
    assert!(!lab.world.guests[&101].is_running());
    let started =
        enter(&mut lab, &words("pvesh create /nodes/pve1/lxc/101/status/start --output-format json"));
    assert!(started.stdout.starts_with("\"UPID:pve1:") && started.code == 0, "{started:?}");
    assert!(lab.world.guests[&101].is_running());
}

#[test]
fn what_cannot_be_done_fails_in_the_real_words() {
    let mut lab = lab();
    let missing = "Configuration file 'nodes/pve1/lxc/999.conf' does not exist\n";
    let usage = "pveum user token add <userid> <tokenid> [OPTIONS] [FORMAT_OPTIONS]\n";
    for (line, code, stderr) in [
        ("pveum user add mcp@pve", 255, "create user failed: user 'mcp@pve' already exists\n".to_string()),
        ("pveum user delete nobody@pve", 255, "delete user failed: no such user ('nobody@pve')\n".into()),
        (
            "pveum user token add mcp@pve ro",
            255,
            format!("400 Parameter verification failed.\ntokenid: Token already exists.\n{usage}"),
        ),
        ("pveum user token add mcp@pve", 255, format!("400 not enough arguments\n{usage}")),
        (
            "pveum acl modify / --users mcp@pve",
            255,
            "400 Parameter verification failed.\nroles: property is missing and it is not optional\n\
             pveum acl modify <path> --roles <string> [OPTIONS]\n"
                .into(),
        ),
        (
            "pct start 101 --nosuch",
            255,
            "Unknown option: nosuch\n400 unable to parse option\npct start <vmid> [OPTIONS]\n".into(),
        ),
        ("pct listsnapshot 101 102", 255, "400 too many arguments\npct listsnapshot <vmid>\n".into()),
        // The task finds out, and however it dies it ends with this code.
        ("pct start 999", 255, missing.into()),
        ("pct clone 101 105", 255, "the simulated node does not model 'pct clone'\n".into()),
        ("pvecm status", 127, "pvecm: command not found\n".into()),
    ] {
        let output = enter(&mut lab, &words(line));
        assert_eq!((output.code, output.stderr, output.stdout), (code, stderr, String::new()), "{line}");
    }
    let unknown = enter(&mut lab, &words("pveum user nosuch"));
    assert_eq!(unknown.code, 255);
    assert!(
        unknown.stderr.starts_with("ERROR: unknown command 'pveum user nosuch'\nUSAGE: pveum user <COMMAND>")
    );
    assert!(!unknown.stderr.contains("pveum role"), "only what is below is listed: {}", unknown.stderr);
}

#[test]
fn an_argument_never_leads_to_another_method() {
    let mut lab = lab();
    let before = lab.access.users().len();
    for name in ["", "mcp@pve/token/ro", "../roles/MCPOperate"] {
        assert_eq!(enter(&mut lab, &["pveum", "user", "delete", name]).code, 255, "{name}");
    }
    assert_eq!(lab.access.users().len(), before);
    assert!(lab.access.token("mcp@pve", "ro").is_ok() && lab.access.role("MCPOperate").is_ok());
}
