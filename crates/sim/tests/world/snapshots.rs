//! Snapshots: which disks can, what comes back, what is left of the tree.

use labkeeper_sim::Method;
use labkeeper_sim::access::Release;

use crate::lab::{ask, exit, get, lab, pass, post};

#[test]
fn the_tree_stays_whole_when_one_in_its_middle_goes() {
    let mut lab = lab(Release::V9);
    for name in ["one", "two", "three"] {
        post(&mut lab, "/nodes/pve1/qemu/202/snapshot", &[("snapname", name), ("vmstate", "1")]).unwrap();
        pass(&mut lab, 2_000);
    }
    ask(&mut lab, "admin", Method::Delete, "/nodes/pve1/qemu/202/snapshot/two", &[]).unwrap();
    pass(&mut lab, 2_000);
    let rows = get(&mut lab, "/nodes/pve1/qemu/202/snapshot");
    let tree: Vec<(&str, Option<&str>)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["parent"].as_str()))
        .collect();
    assert_eq!(tree, [("one", None), ("three", Some("one")), ("current", Some("three"))]);
    let back = post(&mut lab, "/nodes/pve1/lxc/108/snapshot/none/rollback", &[]).unwrap();
    pass(&mut lab, 2_000);
    assert_eq!(exit(&lab, &back).as_deref(), Some("snapshot 'none' does not exist"));
}

#[test]
fn a_snapshot_brings_back_what_was() {
    let mut lab = lab(Release::V9);
    for (kind, vmid) in [("lxc", 108), ("qemu", 202)] {
        let config = format!("/nodes/pve1/{kind}/{vmid}/config");
        let mut before = get(&mut lab, &config);
        let snapshots = format!("/nodes/pve1/{kind}/{vmid}/snapshot");
        post(&mut lab, &snapshots, &[("snapname", "before"), ("description", "all well")]).unwrap();
        pass(&mut lab, 1_000);
        let guest = lab.world.guests.get_mut(&vmid).unwrap();
        (guest.cores, guest.memory, guest.description) = (1, 512, "ruined".into());
        guest.tags.clear();
        guest.nics.clear();
        assert_ne!(get(&mut lab, &config)["memory"], before["memory"]);
        let kept = get(&mut lab, &format!("{snapshots}/before/config"));
        assert_eq!((&kept["memory"], &kept["cores"]), (&before["memory"], &before["cores"]));
        let back = post(&mut lab, &format!("{snapshots}/before/rollback"), &[]).unwrap();
        pass(&mut lab, 2_000);
        assert_eq!(exit(&lab, &back).as_deref(), Some("OK"));
        let mut after = get(&mut lab, &config);
        assert_eq!(after["parent"], "before");
        for (config, key) in [(&mut before, "digest"), (&mut after, "digest")] {
            config.as_object_mut().unwrap().remove(key);
        }
        before["parent"] = "before".into();
        assert_eq!(after, before);
        assert_eq!(lab.world.guests[&vmid].snapshots.len(), 1, "the snapshot stays");
    }
}

#[test]
fn memory_comes_back_where_it_was_kept() {
    let mut lab = lab(Release::V9);
    for (name, vmstate) in [("with", "1"), ("without", "0")] {
        let given = [("snapname", name), ("vmstate", vmstate)];
        post(&mut lab, "/nodes/pve1/qemu/202/snapshot", &given).unwrap();
        pass(&mut lab, 1_000);
    }
    for (name, status) in [("without", "stopped"), ("with", "running")] {
        post(&mut lab, &format!("/nodes/pve1/qemu/202/snapshot/{name}/rollback"), &[]).unwrap();
        pass(&mut lab, 2_000);
        assert_eq!(get(&mut lab, "/nodes/pve1/qemu/202/status/current")["status"], status, "{name}");
    }
}

#[test]
fn a_container_is_left_stopped_by_a_roll_back_that_says_ok() {
    let mut lab = lab(Release::V9);
    post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "before")]).unwrap();
    pass(&mut lab, 2_000);
    let back = post(&mut lab, "/nodes/pve1/lxc/108/snapshot/before/rollback", &[]).unwrap();
    pass(&mut lab, 3_000);
    assert_eq!(exit(&lab, &back).as_deref(), Some("OK"));
    assert_eq!(get(&mut lab, "/nodes/pve1/lxc/108/status/current")["status"], "stopped");
}

#[test]
fn which_disks_can_be_snapshot() {
    let mut lab = lab(Release::V9);
    let refused = Some("snapshot feature is not available");
    for (kind, vmid, volume, exits) in [
        ("lxc", 108, "local:108/vm-108-disk-0.raw", refused),
        ("lxc", 108, "tank:subvol-108-disk-0", Some("OK")),
        ("lxc", 108, "local-lvm:vm-108-disk-0", Some("OK")),
        ("qemu", 202, "local:202/vm-202-disk-0.raw", refused),
        ("qemu", 202, "nas:202/vm-202-disk-0.raw", refused),
        ("qemu", 202, "local:202/vm-202-disk-0.qcow2", Some("OK")),
        ("qemu", 202, "tank:vm-202-disk-0", Some("OK")),
        ("qemu", 202, "local-lvm:vm-202-disk-0", Some("OK")),
    ] {
        let guest = lab.world.guests.get_mut(&vmid).unwrap();
        guest.snapshots.clear();
        guest.parent = None;
        guest.disks[0].1 = volume.into();
        let path = format!("/nodes/pve1/{kind}/{vmid}/snapshot");
        let upid = post(&mut lab, &path, &[("snapname", "one")]).unwrap();
        pass(&mut lab, 1_000);
        assert_eq!(exit(&lab, &upid).as_deref(), exits, "{volume}");
    }
}
