//! Backups: what they leave, what they say, and what keeps one from being made.

use labkeeper_sim::access::Release;
use labkeeper_sim::{Cluster, Method};
use serde_json::{Value, json};

use crate::lab::{NOW, add_token, ask, exit, get, held, lab, log, pass, post, refused};

fn archives(lab: &mut Cluster, vmid: u32) -> Vec<Value> {
    let rows = get(lab, "/nodes/pve2/storage/nas/content");
    let rows = rows.as_array().unwrap().iter();
    rows.filter(|row| row["vmid"] == vmid && row["ctime"].as_i64() >= Some(NOW)).cloned().collect()
}

#[test]
fn an_archive_is_named_for_the_second_in_which_it_was_begun() {
    let mut lab = lab(Release::V9);
    let given = [("vmid", "108"), ("storage", "nas"), ("compress", "zstd"), ("mode", "stop")];
    let upid = post(&mut lab, "/nodes/pve1/vzdump", &given).unwrap();
    pass(&mut lab, 500);
    assert!(!lab.world.guests[&108].is_running(), "the mode is stop");
    pass(&mut lab, 5_000);
    assert_eq!(exit(&lab, &upid).as_deref(), Some("OK"));
    assert!(lab.world.guests[&108].is_running());
    let file = "vzdump-lxc-108-2026_11_22-00_04_01.tar.zst";
    let kept = json!([{
        "content": "backup", "ctime": NOW, "format": "tar.zst", "size": (24_u64 << 30) / 5, "subtype": "lxc", "vmid": 108,
        "volid": format!("nas:backup/{file}"),
    }]);
    assert_eq!(Value::from(archives(&mut lab, 108)), kept);
    let archive = format!("INFO: creating vzdump archive '/mnt/pve/nas/dump/{file}'");
    let said = [
        "INFO: starting new backup job: vzdump 108 --compress zstd --mode stop --node pve1 --storage nas",
        "INFO: Starting Backup of VM 108 (lxc)",
        "INFO: Backup started at 2026-11-22 00:04:01",
        "INFO: status = running",
        "INFO: backup mode: stop",
        "INFO: ionice priority: 7",
        "INFO: CT Name: gitea",
        "INFO: including mount point rootfs ('/') in backup",
        "INFO: stopping virtual guest",
        &archive,
        "INFO: archive file size: 4915MB",
        "INFO: restarting vm",
        "INFO: guest is online again after 4 seconds",
        "INFO: Finished Backup of VM 108 (00:00:04)",
        "INFO: Backup finished at 2026-11-22 00:04:05",
        "INFO: Backup job finished successfully",
        "TASK OK",
    ];
    assert_eq!(log(&lab, &upid), said);
}

#[test]
fn what_is_asked_for_is_kept_with_it() {
    let mut lab = lab(Release::V9);
    let notes = r"{{guestname}} on {{node}}\nby hand";
    let given = [("vmid", "202"), ("storage", "nas"), ("notes-template", notes), ("protected", "1")];
    post(&mut lab, "/nodes/pve1/vzdump", &given).unwrap();
    pass(&mut lab, 5_000);
    let kept = &archives(&mut lab, 202)[0];
    assert_eq!((&kept["notes"], &kept["protected"]), (&json!("docker on pve1\nby hand"), &json!(1)));
    assert_eq!(kept["format"], "vma", "nobody asked for compression");
}

#[test]
fn a_job_takes_its_guests_one_after_the_other_and_only_those_of_its_node() {
    let mut lab = lab(Release::V9);
    let given = [("vmid", "108,100 103,999"), ("storage", "nas")];
    let upid = post(&mut lab, "/nodes/pve1/vzdump", &given).unwrap();
    assert_eq!((held(&lab, 103), held(&lab, 108), held(&lab, 100)), (Some("backup"), None, None));
    pass(&mut lab, 4_500);
    assert_eq!((held(&lab, 103), held(&lab, 108), held(&lab, 100)), (None, Some("backup"), None));
    pass(&mut lab, 4_500);
    assert_eq!((exit(&lab, &upid).as_deref(), held(&lab, 108)), (Some("job errors"), None));
    let said = log(&lab, &upid).join("\n");
    for line in ["skip external VMs: 100", "Finished Backup of VM 108", "failed - unable to find VM '999'"] {
        assert!(said.contains(line), "{line} is missing in {said}");
    }
    assert_eq!(archives(&mut lab, 103).len() + archives(&mut lab, 108).len(), 2);
    let elsewhere = post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "100"), ("storage", "nas")]).unwrap();
    assert_eq!((elsewhere, held(&lab, 100)), (json!("OK"), None));
}

#[test]
fn all_are_those_of_the_node_but_for_what_is_left_out() {
    let mut lab = lab(Release::V9);
    let given = [("all", "1"), ("exclude", "108,202"), ("storage", "nas")];
    let upid = post(&mut lab, "/nodes/pve1/vzdump", &given).unwrap();
    pass(&mut lab, 120_000);
    assert_eq!(exit(&lab, &upid).as_deref(), Some("OK"));
    let here = lab.world.guests.values().filter(|guest| guest.node == "pve1").count();
    let done = log(&lab, &upid).iter().filter(|line| line.contains("Finished Backup")).count();
    assert_eq!(done, here - 2);
    let both = post(&mut lab, "/nodes/pve1/vzdump", &[("all", "1"), ("vmid", "108")]).unwrap_err();
    assert_eq!(both.errors["all"], "option conflicts with option 'vmid'");
}

#[test]
fn of_two_backups_on_a_node_the_second_waits() {
    let mut lab = lab(Release::V9);
    let given = [("vmid", "108"), ("storage", "nas")];
    let one = post(&mut lab, "/nodes/pve1/vzdump", &given).unwrap();
    pass(&mut lab, 1_000);
    let two = post(&mut lab, "/nodes/pve1/vzdump", &given).unwrap();
    let other_node = post(&mut lab, "/nodes/pve2/vzdump", &[("vmid", "100"), ("storage", "nas")]).unwrap();
    pass(&mut lab, 3_500);
    assert_eq!(
        (exit(&lab, &one).as_deref(), exit(&lab, &two), held(&lab, 108)),
        (Some("OK"), None, Some("backup"))
    );
    assert_eq!(
        log(&lab, &two)[..2],
        ["INFO: trying to get global lock - waiting...", "INFO: got global lock"]
    );
    pass(&mut lab, 4_000);
    assert_eq!((exit(&lab, &two).as_deref(), exit(&lab, &other_node).as_deref()), (Some("OK"), Some("OK")));
    assert_eq!((archives(&mut lab, 108).len(), held(&lab, 108)), (2, None));
}

#[test]
fn what_does_not_fit_is_not_written_and_a_full_storage_says_so() {
    let mut lab = lab(Release::V9);
    for figure in lab.world.storages.get_mut("nas").unwrap().usage.values_mut() {
        figure.1 = figure.0 - 1_000;
    }
    let upid = post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", "nas")]).unwrap();
    pass(&mut lab, 5_000);
    assert_eq!((exit(&lab, &upid).as_deref(), held(&lab, 108)), (Some("job errors"), None));
    assert!(log(&lab, &upid).iter().any(|line| line.ends_with("No space left on device")));
    assert!(archives(&mut lab, 108).is_empty());
    for figure in lab.world.storages.get_mut("nas").unwrap().usage.values_mut() {
        figure.1 = figure.0 + 1_000;
    }
    assert_eq!(get(&mut lab, "/nodes/pve1/storage/nas/status")["avail"], 0, "more than full is full");
}

#[test]
fn what_lies_on_a_shared_storage_is_used_up_for_all() {
    let mut lab = lab(Release::V9);
    let used = |lab: &mut Cluster, node: &str| {
        get(lab, &format!("/nodes/{node}/storage/nas/status"))["used"].clone()
    };
    let before = used(&mut lab, "pve3");
    post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", "nas")]).unwrap();
    pass(&mut lab, 5_000);
    let after = used(&mut lab, "pve3");
    assert_eq!(after.as_u64(), before.as_u64().map(|before| before + (12 << 30)));
    assert_eq!((used(&mut lab, "pve1"), used(&mut lab, "pve2")), (after.clone(), after));
}

#[test]
fn a_storage_that_is_not_there_refuses() {
    let mut lab = lab(Release::V9);
    lab.world.storages.get_mut("nas").unwrap().active = false;
    lab.world.storages.get_mut("tank").unwrap().active = false;
    for (storage, why) in [
        ("nas", "could not get storage information for 'nas': storage 'nas' is not online"),
        ("none", "could not get storage information for 'none': storage 'none' does not exist"),
        (
            "local-lvm",
            "could not get storage information for 'local-lvm': storage 'local-lvm' is not available on node 'pve1'",
        ),
    ] {
        let upid = post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", storage)]).unwrap();
        pass(&mut lab, 300);
        assert_eq!((exit(&lab, &upid).as_deref(), held(&lab, 108)), (Some(why), None));
    }
    let start = post(&mut lab, "/nodes/pve1/qemu/207/status/start", &[]).unwrap();
    pass(&mut lab, 300);
    assert_eq!(exit(&lab, &start).as_deref(), Some("storage 'tank' is not online"));
    assert_eq!(get(&mut lab, "/nodes/pve1/storage/nas/status")["total"], 0);
    let content = ask(&mut lab, "admin", Method::Get, "/nodes/pve1/storage/nas/content", &[]);
    assert_eq!(refused(content), (500, "storage 'nas' is not online".into()));
}

#[test]
fn a_storage_is_refused_at_once_and_a_guest_by_the_job() {
    let mut lab = lab(Release::V9);
    lab.access.add_role("Backup", ["VM.Backup".to_string()].into()).unwrap();
    lab.access.add_role("Space", ["Datastore.AllocateSpace".to_string()].into()).unwrap();
    add_token(&mut lab, "guests", &[("/vms/108", "Backup")]);
    add_token(&mut lab, "space", &[("/storage/nas", "Space"), ("/vms/103", "Backup")]);
    let given = [("vmid", "108"), ("storage", "nas")];
    let answer = ask(&mut lab, "guests", Method::Post, "/nodes/pve1/vzdump", &given);
    let why = "Permission check failed (/storage/nas, Datastore.AllocateSpace)";
    assert_eq!(refused(answer), (403, why.into()));
    let upid = ask(&mut lab, "space", Method::Post, "/nodes/pve1/vzdump", &given).unwrap();
    let all = [("all", "1"), ("storage", "nas")];
    let all = ask(&mut lab, "space", Method::Post, "/nodes/pve1/vzdump", &all).unwrap();
    pass(&mut lab, 5_000);
    assert_eq!(exit(&lab, &upid).as_deref(), Some("Permission check failed (/vms/108, VM.Backup)"));
    assert_eq!((exit(&lab, &all).as_deref(), archives(&mut lab, 103).len()), (Some("OK"), 1));
}

#[test]
fn a_machine_that_is_stopped_for_its_backup_runs_again_at_once() {
    let mut lab = lab(Release::V9);
    let before = lab.world.guests[&202].status;
    let given = [("vmid", "202"), ("storage", "nas"), ("mode", "stop")];
    post(&mut lab, "/nodes/pve1/vzdump", &given).unwrap();
    assert!(lab.world.guests[&202].is_running());
    assert_ne!(lab.world.guests[&202].status, before, "as another process");
    let pool = post(&mut lab, "/nodes/pve1/vzdump", &[("pool", "none")]);
    assert_eq!(refused(pool), (500, "no such pool 'none'".into()));
}
