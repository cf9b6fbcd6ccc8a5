//! The lab documents itself: what a census makes of an empty hub, of one that is full, and of what people said.

use std::collections::BTreeMap;

use labkeeper_sim::world::World;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::homelab::{Homelab, OBSERVE, connected};

impl Homelab {
    async fn reconcile(&self) -> Value {
        self.lab.ask("reconcile", json!({})).await
    }

    /// The rows of a kind by name.
    async fn rows(&self, kind: &str) -> BTreeMap<String, Value> {
        let answer = self.lab.ask("inventory_list", json!({"type": kind})).await;
        let rows = answer["data"].as_array().unwrap().clone();
        rows.into_iter().map(|row| (row["name"].as_str().unwrap().to_string(), row)).collect()
    }

    /// The names of the networks that something is in.
    async fn networks_of(&self, id: &Value) -> Vec<String> {
        let mut view = self.lab.keeper.store().read().await.unwrap();
        let id = id.as_i64().unwrap();
        let links = view.links_of(id).await.unwrap();
        let to: Vec<i64> = links
            .iter()
            .filter(|link| link.from_id == id && link.rel.as_str() == "member_of")
            .map(|link| link.to_id)
            .collect();
        view.references(&to).await.unwrap().into_iter().map(|item| item.name).collect()
    }

    fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.cluster.cluster().world);
    }
}

#[tokio::test]
async fn an_empty_hub_knows_the_whole_lab_afterwards() {
    let home = connected(OBSERVE).await;
    let done = home.reconcile().await;
    assert_eq!((&done["gaps"], &done["missing"], &done["alike"]), (&json!([]), &json!(0), &json!([])));
    let mut found = BTreeMap::new();
    for kind in ["hardware", "containers", "vms", "storage", "networks"] {
        found.insert(kind, home.rows(kind).await);
    }
    let counts: Vec<(&str, usize)> = found.iter().map(|(kind, rows)| (*kind, rows.len())).collect();
    assert_eq!(counts, [("containers", 16), ("hardware", 3), ("networks", 6), ("storage", 7), ("vms", 10)]);
    let (hosts, containers, machines) = (&found["hardware"], &found["containers"], &found["vms"]);
    let host = |name: &str| hosts[name]["id"].clone();
    let expect = |row: &Value, fields: Value| {
        for (field, value) in fields.as_object().unwrap() {
            assert_eq!(&row[field], value, "{field} of {}", row["name"]);
        }
    };
    expect(
        &hosts["pve1"],
        json!({"ip_address": "192.168.1.11", "cpu_cores": 16, "ram_gb": 64.0, "os": "Proxmox VE 9.1.8"}),
    );
    expect(
        &containers["vaultwarden"],
        json!({
            "vmid": 102, "hardware_id": host("pve2"), "ip_address": "10.10.20.11", "os": "Alpine", "cpu_cores": 1,
            "ram_gb": 0.5, "disk_gb": 6.0, "unprivileged": true, "onboot": true,
        }),
    );
    expect(
        &machines["docker"],
        json!({"hardware_id": host("pve1"), "os": "Debian GNU/Linux 13 (trixie)", "ip_address": "10.10.20.30", "ram_gb": 16.0}),
    );
    expect(&found["networks"]["VLAN 20"], json!({"vlan_id": 20, "subnet": "10.10.20.0/24"}));
    expect(
        &found["networks"]["vmbr0"],
        json!({"vlan_id": null, "subnet": "192.168.1.0/24", "gateway": "192.168.1.1"}),
    );
    expect(&found["networks"]["VLAN 50"], json!({"vlan_id": 50, "subnet": "10.10.50.0/24"}));
    expect(&found["storage"]["tank on pve1"], json!({"hardware_id": host("pve1"), "filesystem": "ZFS"}));
    expect(&found["storage"]["nas"], json!({"hardware_id": null, "filesystem": "NFS"}));
    assert_eq!(home.networks_of(&containers["vaultwarden"]["id"]).await, ["VLAN 20"]);
    assert_eq!(home.networks_of(&machines["opnsense"]["id"]).await, ["vmbr0", "vmbr1"]);
}

#[tokio::test]
async fn doing_it_again_changes_nothing() {
    let home = connected(OBSERVE).await;
    home.reconcile().await;
    let before = (home.lab.world().await, home.lab.ask("changes_list", json!({})).await);
    let again = home.lab.call("reconcile", json!({})).await.unwrap();
    assert_eq!((&again.output["created"], again.change_id), (&json!([]), None));
    let after = (home.lab.world().await, home.lab.ask("changes_list", json!({})).await);
    for (part, was) in before.0.as_object().unwrap() {
        // When something was seen last is no change.
        let still = |value: &Value| {
            let mut rows = value.as_array().unwrap().clone();
            rows.iter_mut().filter_map(Value::as_object_mut).for_each(|row| drop(row.remove("seen_at")));
            rows
        };
        assert!(still(&after.0[part]) == still(was), "{part} changed");
    }
    assert!(after.1 == before.1, "the journal grew");
}

#[tokio::test]
async fn what_a_person_said_survives_every_census_and_shows_as_drift() {
    let home = connected(OBSERVE).await;
    home.reconcile().await;
    let id = home.rows("containers").await["gitea"]["id"].clone();
    let shelf = home.lab.create("hardware", json!({"name": "shelf"})).await;
    let said = json!({"name": "Git", "ram_gb": 4.0, "os": "Debian 12", "ip_address": "10.10.20.99", "hardware_id": shelf, "notes": "ours"});
    home.lab.ask("inventory_update", json!({"type": "containers", "id": id, "data": said})).await;
    home.change(|world| {
        let guest = world.guests.get_mut(&108).unwrap();
        guest.memory = 3_072;
        guest.node = "pve3".into();
    });
    for _ in 0..2 {
        home.reconcile().await;
        let row = home.rows("containers").await["Git"].clone();
        for (field, value) in said.as_object().unwrap() {
            assert_eq!(&row[field], value, "{field}");
        }
    }
    let drift = home.lab.ask("drift_list", json!({})).await;
    let fields: Vec<&str> = drift["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["item"]["id"] == id)
        .map(|row| row["field"].as_str().unwrap())
        .collect();
    assert!(["ram_gb", "os", "ip_address"].iter().all(|field| fields.contains(field)), "{fields:?}");
}

#[tokio::test]
async fn a_guest_that_moves_is_found_on_its_new_node_and_one_that_goes_is_missed() {
    let home = connected(OBSERVE).await;
    home.reconcile().await;
    home.change(|world| {
        world.guests.get_mut(&110).unwrap().node = "pve1".into();
        world.guests.remove(&115);
    });
    let done = home.reconcile().await;
    assert_eq!((&done["missing"], &done["created"]), (&json!(1), &json!([])));
    let (hosts, containers) = (home.rows("hardware").await, home.rows("containers").await);
    assert_eq!(containers["mqtt"]["hardware_id"], hosts["pve1"]["id"]);
    assert!(containers.contains_key("playground"), "a machine deletes nothing");
}

#[tokio::test]
async fn what_could_not_be_seen_is_not_missing() {
    let home = connected(OBSERVE).await;
    home.reconcile().await;
    home.change(|world| world.nodes.get_mut("pve3").unwrap().online = false);
    assert_eq!(home.reconcile().await["missing"], 0);
    home.change(|world| world.nodes.get_mut("pve3").unwrap().online = true);
    {
        // The token now sees one guest only.
        let mut cluster = home.cluster.cluster();
        for holder in ["hub@pve", "hub@pve!lab"] {
            let holder = if holder.contains('!') {
                labkeeper_sim::access::Holder::Token(holder.into())
            } else {
                labkeeper_sim::access::Holder::User(holder.into())
            };
            cluster.access.revoke("/", &holder, "PVEAuditor").unwrap();
            cluster.access.grant("/vms/100", holder, "PVEAuditor", true).unwrap();
        }
    }
    let done = home.reconcile().await;
    assert_eq!(done["missing"], 0, "empty may mean 'not allowed': {done}");
}

#[tokio::test]
async fn a_guest_is_recognised_by_its_card_and_a_likeness_is_only_told() {
    let home = connected(OBSERVE).await;
    let by_card =
        home.lab.create("containers", json!({"name": "Our Git", "mac_address": "bc:24:11:01:6c:00"})).await;
    let by_name = home.lab.create("containers", json!({"name": "Redis"})).await;
    let done = home.reconcile().await;
    let row = home.rows("containers").await["Our Git"].clone();
    assert_eq!((&row["id"], &row["vmid"]), (&json!(by_card), &json!(108)));
    let alike = done["alike"].as_array().unwrap();
    assert_eq!(
        (alike.len(), &alike[0]["known"]["id"], &alike[0]["added"]["name"]),
        (1, &json!(by_name), &json!("redis"))
    );
}

#[tokio::test]
async fn all_of_it_can_be_taken_back() {
    let home = connected(OBSERVE).await;
    let before = home.lab.world().await;
    let answer = home.lab.call("reconcile", json!({})).await.unwrap();
    home.lab.ask("change_undo", json!({"id": answer.change_id.unwrap()})).await;
    assert_eq!(home.lab.world().await["items"], before["items"]);
}

#[tokio::test]
async fn a_hub_that_serves_looks_by_itself() {
    let home = connected(OBSERVE).await;
    let keeper = home.lab.keeper.clone();
    let (mut committed, shutdown) = (keeper.store().watch(), CancellationToken::new());
    let worker = tokio::spawn(labkeeper_ops::work::run(keeper, shutdown.clone()));
    while home.rows("containers").await.is_empty() {
        committed.changed().await.unwrap();
    }
    shutdown.cancel();
    worker.await.unwrap();
    let changes = home.lab.ask("changes_list", json!({})).await;
    let change = &changes["data"][0];
    assert_eq!((&change["actor"], &change["op"]), (&json!("schedule"), &json!("reconcile")), "{change}");
}
