//! Tasks take their time and have their effect when they end; who came first holds a guest until then.

use labkeeper_sim::Method;
use labkeeper_sim::access::Release;
use serde_json::json;

use crate::lab::{ask, exit, get, held, lab, log, pass, post, refused, reply};

#[test]
fn a_task_has_its_effect_when_it_ends_and_not_before() {
    let mut lab = lab(Release::V9);
    let upid = post(&mut lab, "/nodes/pve3/lxc/115/status/start", &[]).unwrap();
    let current = "/nodes/pve3/lxc/115/status/current";
    assert_eq!((exit(&lab, &upid), get(&mut lab, current)["status"].clone()), (None, json!("stopped")));
    pass(&mut lab, 5_000);
    assert_eq!(
        (exit(&lab, &upid).as_deref(), get(&mut lab, current)["status"].clone()),
        (Some("OK"), json!("running"))
    );
    let status = format!("/nodes/pve3/tasks/{}/status", upid.as_str().unwrap());
    let status = get(&mut lab, &status);
    assert_eq!(
        (&status["exitstatus"], &status["user"], &status["tokenid"]),
        (&json!("OK"), &json!("admin@pve"), &json!("key"))
    );
}

#[test]
fn of_two_snapshots_the_first_holds_the_guest_and_the_second_fails_at_once() {
    let mut lab = lab(Release::V9);
    let one = post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "one")]).unwrap();
    pass(&mut lab, 600);
    let two = post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "two")]).unwrap();
    pass(&mut lab, 250);
    assert_eq!((exit(&lab, &one), held(&lab, 108)), (None, Some("snapshot")));
    assert_eq!(exit(&lab, &two).as_deref(), Some("CT is locked (snapshot)"));
    assert_eq!(log(&lab, &two), ["TASK ERROR: CT is locked (snapshot)"]);
    pass(&mut lab, 100);
    assert_eq!((exit(&lab, &one).as_deref(), held(&lab, 108)), (Some("OK"), None));
    let names: Vec<_> = lab.world.guests[&108].snapshots.iter().map(|snapshot| &*snapshot.name).collect();
    assert_eq!(names, ["one"]);
}

#[test]
fn what_is_begun_during_a_backup_fails_and_leaves_the_backup_its_lock() {
    let mut lab = lab(Release::V9);
    let backup = post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", "nas")]).unwrap();
    assert_eq!(get(&mut lab, "/nodes/pve1/lxc/108/config")["lock"], "backup");
    let others = [
        post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "meanwhile")]),
        post(&mut lab, "/nodes/pve1/lxc/108/status/stop", &[]),
        post(&mut lab, "/nodes/pve1/lxc/108/status/reboot", &[]),
        ask(&mut lab, "admin", Method::Delete, "/nodes/pve1/lxc/108/snapshot/none", &[]),
    ];
    pass(&mut lab, 300);
    for other in others {
        assert_eq!(exit(&lab, &other.unwrap()).as_deref(), Some("CT is locked (backup)"));
    }
    assert_eq!((exit(&lab, &backup), held(&lab, 108)), (None, Some("backup")));
    pass(&mut lab, 5_000);
    assert_eq!((exit(&lab, &backup).as_deref(), held(&lab, 108)), (Some("OK"), None));
    assert!(lab.world.guests[&108].is_running());
}

#[test]
fn a_stop_that_came_first_ends_well_and_lets_nothing_go_that_it_does_not_hold() {
    let mut lab = lab(Release::V9);
    let stop = post(&mut lab, "/nodes/pve1/lxc/108/status/stop", &[]).unwrap();
    pass(&mut lab, 100);
    let snapshot = post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "one")]).unwrap();
    pass(&mut lab, 600);
    assert_eq!((exit(&lab, &stop).as_deref(), held(&lab, 108)), (Some("OK"), Some("snapshot")));
    assert!(!lab.world.guests[&108].is_running());
    pass(&mut lab, 400);
    assert_eq!((exit(&lab, &snapshot).as_deref(), held(&lab, 108)), (Some("OK"), None));
}

#[test]
fn a_lock_that_no_task_holds_stays() {
    let mut lab = lab(Release::V9);
    lab.world.guests.get_mut(&108).unwrap().lock = Some("migrate".into());
    let stop = post(&mut lab, "/nodes/pve1/lxc/108/status/stop", &[]).unwrap();
    let backup = post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", "nas")]).unwrap();
    pass(&mut lab, 300);
    assert_eq!(exit(&lab, &stop).as_deref(), Some("CT is locked (migrate)"));
    assert_eq!(exit(&lab, &backup).as_deref(), Some("job errors"));
    let said = log(&lab, &backup);
    assert!(
        said.contains(&"ERROR: Backup of VM 108 failed - CT is locked (migrate)".to_string()),
        "{said:?}"
    );
    assert_eq!(held(&lab, 108), Some("migrate"));
}

#[test]
fn a_guest_that_is_elsewhere_or_nowhere_is_found_out_by_the_task() {
    let mut lab = lab(Release::V9);
    for path in ["/nodes/pve1/lxc/115/status/start", "/nodes/pve1/lxc/999/status/start"] {
        let start = post(&mut lab, path, &[]).unwrap();
        pass(&mut lab, 250);
        assert!(exit(&lab, &start).unwrap().ends_with(".conf' does not exist"), "{path}");
    }
    let snapshot = post(&mut lab, "/nodes/pve1/qemu/201/snapshot", &[("snapname", "one")]).unwrap();
    pass(&mut lab, 250);
    let missing = "Configuration file 'nodes/pve1/qemu-server/201.conf' does not exist";
    assert_eq!((exit(&lab, &snapshot).as_deref(), held(&lab, 201)), (Some(missing), None));
}

#[test]
fn the_state_of_a_container_is_looked_at_before_the_task_and_that_of_a_machine_in_it() {
    let mut lab = lab(Release::V9);
    let container = |what: &str| format!("/nodes/pve1/lxc/108/status/{what}");
    assert_eq!(refused(post(&mut lab, &container("start"), &[])), (500, "CT 108 already running".into()));
    lab.world.guests.get_mut(&108).unwrap().status = labkeeper_sim::world::Status::Stopped;
    for what in ["stop", "shutdown", "reboot"] {
        assert_eq!(refused(post(&mut lab, &container(what), &[])), (500, "CT 108 not running".into()));
    }
    let start = post(&mut lab, "/nodes/pve1/qemu/202/status/start", &[]).unwrap();
    let stop = post(&mut lab, "/nodes/pve1/qemu/207/status/stop", &[]).unwrap();
    let down = post(&mut lab, "/nodes/pve1/qemu/207/status/shutdown", &[]).unwrap();
    pass(&mut lab, 2_000);
    assert_eq!(exit(&lab, &start).as_deref(), Some("VM 202 already running"));
    assert_eq!((exit(&lab, &stop).as_deref(), exit(&lab, &down).as_deref()), (Some("OK"), Some("OK")));
    let reboot = post(&mut lab, "/nodes/pve1/qemu/207/status/reboot", &[]);
    assert_eq!(refused(reboot), (500, "VM 207 not running".into()));
}

#[test]
fn a_page_of_tasks_or_of_a_log_says_of_how_many() {
    let mut lab = lab(Release::V9);
    assert_eq!(reply(&mut lab, "/nodes/pve1/tasks", &[]).body(), json!({"data": []}));
    for _ in 0..3 {
        post(&mut lab, "/nodes/pve1/lxc/999/status/start", &[]).unwrap();
        pass(&mut lab, 1_000);
    }
    let backup = post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", "nas")]).unwrap();
    pass(&mut lab, 5_000);
    let mut page = |given: &[(&str, &str)]| {
        let reply = reply(&mut lab, "/nodes/pve1/tasks", given);
        (reply.data.as_array().unwrap().len(), reply.total.unwrap())
    };
    let started = crate::lab::NOW.to_string();
    assert_eq!(page(&[("limit", "2")]), (2, 4));
    assert_eq!(page(&[("start", "3")]), (1, 4));
    assert_eq!(page(&[("statusfilter", "ok")]), (1, 1));
    assert_eq!(page(&[("errors", "1")]), (3, 3));
    assert_eq!(page(&[("until", &started)]), (1, 1));
    assert_eq!(page(&[("since", &started), ("typefilter", "vzdump")]), (1, 1));
    assert_eq!(page(&[("userfilter", "ADMIN")]), (4, 4));
    assert_eq!(page(&[("userfilter", "root")]), (0, 0));
    let log = format!("/nodes/pve1/tasks/{}/log", backup.as_str().unwrap());
    let all = reply(&mut lab, &log, &[]);
    let lines = all.data.as_array().unwrap().len();
    assert!(lines > 5 && all.total == Some(lines));
    let beyond = reply(&mut lab, &log, &[("start", "900")]);
    assert_eq!(
        (beyond.data, beyond.total),
        (json!([]), Some(lines)),
        "only an empty log says that it is empty"
    );
    let running = post(&mut lab, "/nodes/pve1/lxc/108/status/stop", &[]).unwrap();
    let log = format!("/nodes/pve1/tasks/{}/log", running.as_str().unwrap());
    let empty = reply(&mut lab, &log, &[]).body();
    assert_eq!(empty, json!({"data": [{"n": 1, "t": "no content"}], "total": 1}));
}
