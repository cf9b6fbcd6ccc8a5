//! What a backup is good for: putting it back, and taking it away.

use labkeeper_sim::access::Release;
use labkeeper_sim::{Cluster, Method};
use serde_json::{Value, json};

use crate::lab::{add_token, ask, exit, get, lab, pass, post, refused};

const LXC: &str = "/nodes/pve1/lxc";

/// A lab with a backup of 108, and its name.
fn backed_up() -> (Cluster, String) {
    let mut lab = lab(Release::V9);
    post(&mut lab, "/nodes/pve1/vzdump", &[("vmid", "108"), ("storage", "nas"), ("compress", "zstd")])
        .unwrap();
    pass(&mut lab, 5_000);
    let listed = get(&mut lab, "/nodes/pve1/storage/nas/content");
    let newest = listed.as_array().unwrap().iter().filter(|row| row["vmid"] == 108);
    let newest = newest.max_by_key(|row| row["ctime"].as_i64()).unwrap();
    let volid = newest["volid"].as_str().unwrap().to_owned();
    (lab, volid)
}

fn over<'a>(archive: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut given =
        vec![("vmid", "108"), ("ostemplate", archive), ("restore", "1"), ("force", "1"), ("storage", "tank")];
    given.extend_from_slice(more);
    given
}

fn ended(lab: &mut Cluster, upid: &Value) -> String {
    pass(lab, 6_000);
    exit(lab, upid).unwrap()
}

#[test]
fn a_guest_becomes_what_it_was_and_loses_its_snapshots() {
    let (mut lab, archive) = backed_up();
    post(&mut lab, "/nodes/pve1/lxc/108/snapshot", &[("snapname", "later")]).unwrap();
    pass(&mut lab, 2_000);
    lab.world.guests.get_mut(&108).unwrap().memory = 64;
    let running = post(&mut lab, LXC, &over(&archive, &[])).unwrap();
    assert_eq!(ended(&mut lab, &running), "unable to restore CT 108 - CT is running");
    post(&mut lab, "/nodes/pve1/lxc/108/status/stop", &[]).unwrap();
    pass(&mut lab, 1_000);
    let done = post(&mut lab, LXC, &over(&archive, &[])).unwrap();
    assert_eq!(lab.world.guests[&108].lock.as_deref(), Some("create"));
    assert_eq!(ended(&mut lab, &done), "OK");
    let guest = &lab.world.guests[&108];
    assert_eq!((guest.is_running(), guest.lock.as_deref(), guest.snapshots.len()), (false, None, 0));
    assert_ne!(guest.memory, 64);
    assert!(guest.disks.iter().all(|(_, volume, _)| volume.starts_with("tank:")));
}

#[test]
fn what_cannot_be_put_back_says_why_and_changes_nothing() {
    let (mut lab, archive) = backed_up();
    post(&mut lab, "/nodes/pve1/lxc/108/status/stop", &[]).unwrap();
    pass(&mut lab, 1_000);
    let before = lab.world.guests[&108].clone();
    let missing = archive.replace("nas:", "local:");
    let upid = post(&mut lab, LXC, &over(&missing, &[])).unwrap();
    assert_eq!(ended(&mut lab, &upid), format!("volume '{missing}' does not exist"));
    let elsewhere: Vec<_> = over(&archive, &[]).into_iter().filter(|(name, _)| *name != "storage").collect();
    let upid = post(&mut lab, LXC, &elsewhere).unwrap();
    assert_eq!(ended(&mut lab, &upid), "storage 'local' does not support container directories");
    assert_eq!(lab.world.guests[&108], before);
    let unforced: Vec<_> = over(&archive, &[]).into_iter().filter(|(name, _)| *name != "force").collect();
    assert!(refused(post(&mut lab, LXC, &unforced)).1.contains("already exists"));
}

#[test]
fn the_rights_to_a_backup_are_enough_to_put_it_back_and_to_take_it_away() {
    let (mut lab, archive) = backed_up();
    let role = ["VM.Backup", "Datastore.AllocateSpace", "VM.Audit"].map(str::to_owned);
    lab.access.add_role("Backups", role.into()).unwrap();
    add_token(&mut lab, "keeper", &[("/", "Backups")]);
    post(&mut lab, "/nodes/pve1/lxc/108/status/stop", &[]).unwrap();
    pass(&mut lab, 1_000);
    let path = format!("/nodes/pve1/storage/nas/content/{archive}");
    assert_eq!(refused(ask(&mut lab, "observe", Method::Post, LXC, &over(&archive, &[]))).0, 403);
    assert_eq!(refused(ask(&mut lab, "observe", Method::Delete, &path, &[])).0, 403);
    let upid = ask(&mut lab, "keeper", Method::Post, LXC, &over(&archive, &[])).unwrap();
    assert_eq!(ended(&mut lab, &upid), "Permission check failed (/sdn/zones/localnet/vmbr0, SDN.Use)");
    let used = lab.world.storages["nas"].usage_on("pve1").1;
    let upid = ask(&mut lab, "keeper", Method::Delete, &path, &[]).unwrap();
    assert!(upid.as_str().unwrap().contains(":imgdel:"));
    assert_eq!(ended(&mut lab, &upid), "OK");
    let left = get(&mut lab, "/nodes/pve1/storage/nas/content");
    assert!(left.as_array().unwrap().iter().all(|row| row["volid"] != json!(archive)));
    assert!(lab.world.storages["nas"].usage_on("pve1").1 < used);
}
