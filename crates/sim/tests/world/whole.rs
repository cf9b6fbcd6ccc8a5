//! The lab as it stands, and as it looks when a part of it is gone.

use std::collections::BTreeMap;

use labkeeper_sim::Method;
use labkeeper_sim::access::Release;
use labkeeper_sim::world::{Effect, Kind, Power, World};
use serde_json::json;

use crate::lab::{NOW, ask, get, lab, pass, post, refused, request};

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
    let storage = of("storage/pve3/local-lvm");
    assert_eq!((&storage["status"], storage.get("disk")), (&json!("unknown"), None));
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

#[test]
fn an_agent_answers_when_its_machine_has_come_up() {
    let mut lab = lab(Release::V9);
    post(&mut lab, "/nodes/pve1/qemu/202/status/reboot", &[]).unwrap();
    pass(&mut lab, 3_000);
    let ping = "/nodes/pve1/qemu/202/agent/ping";
    assert_eq!(refused(post(&mut lab, ping, &[])), (500, "QEMU guest agent is not running".into()));
    pass(&mut lab, 5_000);
    assert!(post(&mut lab, ping, &[]).is_ok());
}

#[test]
fn each_node_says_that_it_is_the_one_that_was_asked() {
    let mut lab = lab(Release::V9);
    let ask = request("admin", Method::Get, "/cluster/status", &[]);
    for door in ["pve1", "pve3"] {
        let data = lab.reply(Some(door), &ask).unwrap().data;
        let local = data.as_array().unwrap().iter().filter(|row| row["local"] == 1);
        assert_eq!(local.map(|row| row["name"].clone()).collect::<Vec<_>>(), [json!(door)]);
    }
}

#[test]
fn only_release_9_measures_what_a_machine_takes_of_its_node() {
    for (release, measured) in [(Release::V8, false), (Release::V9, true)] {
        let rows = get(&mut lab(release), "/cluster/resources");
        let of = rows.as_array().unwrap().iter().find(|row| row["id"] == "qemu/202").unwrap();
        assert_eq!(of.get("memhost").is_some(), measured);
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
