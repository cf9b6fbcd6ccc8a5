//! Who may only look changes nothing, and sees no more than what they may look at.

use std::collections::BTreeSet;

use labkeeper_sim::access::Release;
use labkeeper_sim::permission::{Route, routes};
use labkeeper_sim::world::Status;
use labkeeper_sim::{Cluster, Method};
use serde_json::{Value, json};

use crate::lab::{add_token, ask, get, lab, pass, post};

/// Of what is modelled and could change something, what changes nothing even when an admin's token asks for it.
/// What is inside of guests is no part of the world.
const CHANGE_NOTHING: &[&str] = &[
    "POST /nodes/{node}/qemu/{vmid}/agent/exec",
    "POST /nodes/{node}/qemu/{vmid}/agent/file-write",
    "POST /nodes/{node}/qemu/{vmid}/agent/ping",
];

/// A lab in which every method finds what it is about.
fn furnished(release: Release) -> Cluster {
    let mut lab = lab(release);
    lab.world.guests.get_mut(&112).unwrap().status = Status::Stopped;
    for path in ["/nodes/pve1/lxc/108/snapshot", "/nodes/pve1/qemu/202/snapshot"] {
        post(&mut lab, path, &[("snapname", "before")]).unwrap();
    }
    pass(&mut lab, 60_000);
    for (path, given) in [
        ("/access/users", &[("userid", "other@pve")][..]),
        ("/access/users/other@pve/token/old", &[]),
        ("/access/groups", &[("groupid", "family")]),
        ("/access/roles", &[("roleid", "Custom"), ("privs", "VM.Audit")]),
        ("/access/domains", &[("realm", "home"), ("type", "ldap"), ("server1", "ldap.example")]),
    ] {
        post(&mut lab, path, given).unwrap();
    }
    lab
}

/// A path and parameters with which the method does what it is for.
fn call(route: &Route) -> (String, Vec<(&'static str, &'static str)>) {
    let (method, template) = (route.method, route.template);
    let starts = template.ends_with("/status/start");
    let vmid = match (template.contains("/qemu/"), starts) {
        (true, true) => "207",
        (true, false) => "202",
        (false, true) => "112",
        (false, false) => "108",
    };
    let token = if method == Method::Post { "new" } else { "old" };
    let mut path = template.to_string();
    for (name, value) in [
        ("{node}", "pve1"),
        ("{storage}", "nas"),
        ("{vmid}", vmid),
        ("{snapname}", "before"),
        ("{userid}", "other@pve"),
        ("{tokenid}", token),
        ("{volume}", "backup/x"),
        ("{groupid}", "family"),
        ("{roleid}", "Custom"),
        ("{realm}", "home"),
    ] {
        path = path.replace(name, value);
    }
    let given: &[(&str, &str)] = match (method, template) {
        (Method::Post, "/access/users") => &[("userid", "new@pve")],
        (Method::Post, "/access/groups") => &[("groupid", "guests")],
        (Method::Post, "/access/roles") => &[("roleid", "Fresh"), ("privs", "VM.Audit")],
        (Method::Post, "/access/domains") => {
            &[("realm", "work"), ("type", "ldap"), ("server1", "ldap.example")]
        }
        (Method::Put, "/access/acl") => {
            &[("path", "/vms/108"), ("roles", "PVEVMUser"), ("users", "other@pve")]
        }
        (Method::Put, "/access/roles/{roleid}") => &[("privs", "VM.Console")],
        (Method::Put, template) if template.starts_with("/access/") => &[("comment", "changed")],
        (Method::Post, "/nodes/{node}/vzdump") => &[("vmid", "108"), ("storage", "nas")],
        (Method::Post, "/nodes/{node}/lxc") => &[
            ("vmid", "108"),
            ("ostemplate", "nas:backup/x"),
            ("restore", "1"),
            ("force", "1"),
            ("storage", "tank"),
        ],
        (Method::Post, "/nodes/{node}/qemu") => {
            &[("vmid", "202"), ("archive", "nas:backup/x"), ("force", "1")]
        }
        (Method::Post, template) if template.ends_with("/snapshot") => &[("snapname", "new")],
        _ => &[],
    };
    (path.replace(['{', '}'], ""), given.to_vec())
}

#[test]
fn who_may_only_look_changes_nothing_whatever_is_called_and_who_may_changes_something() {
    for release in [Release::V8, Release::V9] {
        let lab = furnished(release);
        let before = format!("{:?} {:?}", lab.world, lab.access);
        let (mut tried, mut changing, mut idle) = (0, 0, BTreeSet::new());
        for route in routes(release).iter().filter(|route| route.method != Method::Get) {
            let (path, given) = call(route);
            let what = format!("{} {}", route.method.as_str(), route.template);
            let mut looked_at = lab.clone();
            let _ = ask(&mut looked_at, "observe", route.method, &path, &given);
            assert_eq!(format!("{:?} {:?}", looked_at.world, looked_at.access), before, "{what}");
            tried += 1;
            let mut changed = lab.clone();
            match ask(&mut changed, "admin", route.method, &path, &given) {
                Err(refusal) if matches!(refusal.status, 403 | 501) => continue,
                _ if format!("{:?} {:?}", changed.world, changed.access) != before => changing += 1,
                _ => _ = idle.insert(what),
            }
        }
        println!("{tried} tried, {changing} of them change something for an admin");
        assert!(tried > 200, "{tried}");
        assert_eq!(idle.iter().map(String::as_str).collect::<Vec<_>>(), CHANGE_NOTHING);
        assert_eq!(changing, 34);
    }
}

fn listed(lab: &mut Cluster, token: &str, path: &str) -> Vec<String> {
    let rows = ask(lab, token, Method::Get, path, &[]).unwrap();
    let name = |row: &Value| row["volid"].as_str().or(row["id"].as_str()).map(str::to_string);
    rows.as_array().unwrap().iter().filter_map(name).collect()
}

/// Somebody who may do only that there.
fn add(lab: &mut Cluster, name: &str, may: &[(&str, &str)]) {
    let role = |(path, privilege): &(&str, &str)| (path.to_string(), privilege.replace('.', ""));
    let roles: Vec<(String, String)> = may.iter().map(role).collect();
    for ((_, privilege), (_, role)) in may.iter().zip(&roles) {
        // A privilege that another has too has its role already.
        let _ = lab.access.add_role(role, [(*privilege).to_string()].into());
    }
    let roles: Vec<(&str, &str)> = roles.iter().map(|(path, role)| (&**path, &**role)).collect();
    add_token(lab, name, &roles);
}

#[test]
fn backups_are_for_who_may_write_there_and_disks_for_who_may_look() {
    let mut lab = lab(Release::V9);
    let [write, look] = ["Datastore.AllocateSpace", "Datastore.Audit"];
    add(&mut lab, "writer", &[("/storage/nas", write), ("/vms/108", "VM.Backup")]);
    add(&mut lab, "reader", &[("/storage/nas", look), ("/vms/108", "VM.Backup")]);
    add(&mut lab, "digger", &[("/storage/tank", look), ("/vms/108", "VM.Config.Disk")]);
    add(&mut lab, "filler", &[("/storage/tank", write), ("/vms/108", "VM.Config.Disk")]);
    for (who, storage, seen) in [
        ("writer", "nas", 3),
        ("reader", "nas", 0),
        ("observe", "nas", 0),
        ("digger", "tank", 1),
        ("filler", "tank", 0),
        ("observe", "tank", 0),
    ] {
        let there = listed(&mut lab, who, &format!("/nodes/pve1/storage/{storage}/content"));
        let of_guests = there.iter().filter(|volume| !volume.contains(":iso/"));
        assert_eq!(of_guests.filter(|volume| volume.contains("108-")).count(), seen, "{who} {storage}");
        assert_eq!(there.iter().filter(|volume| volume.contains("103-")).count(), 0, "{who} {storage}");
    }
}

#[test]
fn the_list_of_everything_shows_storages_to_who_may_look_at_them_alone() {
    let mut lab = lab(Release::V9);
    add(&mut lab, "writer", &[("/storage/nas", "Datastore.AllocateSpace")]);
    add(&mut lab, "reader", &[("/storage/tank", "Datastore.Audit")]);
    for (who, all) in [("writer", 0), ("reader", 1), ("observe", 9)] {
        let rows = listed(&mut lab, who, "/cluster/resources");
        assert_eq!(rows.iter().filter(|id| id.starts_with("storage/")).count(), all, "{who}");
    }
    let of_node = ask(&mut lab, "writer", Method::Get, "/nodes/pve1/storage", &[]).unwrap();
    assert_eq!(of_node[0]["storage"], "nas", "a list of a node is for both");
}

#[test]
fn the_members_of_a_pool_are_guests_and_storages() {
    let mut lab = lab(Release::V9);
    let pool = get(&mut lab, "/pools/production");
    let members = pool["members"].as_array().unwrap();
    let of = |sort: &str| members.iter().filter(|row| row["type"] == sort).count();
    assert_eq!((of("lxc"), of("qemu"), of("storage")), (5, 1, 1));
    let storages = ask(&mut lab, "admin", Method::Get, "/pools/production", &[("type", "storage")]).unwrap();
    assert_eq!(storages["members"][0]["id"], json!("storage/pve1/tank"));
}
