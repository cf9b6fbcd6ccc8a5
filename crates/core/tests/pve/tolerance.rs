//! The invariant of the facts: whatever Proxmox adds, leaves out or sends in another form, an answer stays readable.

use labkeeper_core::pve::{
    Disk, GuestConfig, GuestInterface, GuestRow, GuestStatus, NetworkInterface, NodeCertificate, NodeStatus,
    OsInfo, Replication, Resource, Rows, Service, StorageStatus, StoredVolume, TaskRow, Update, ZfsPool,
    ZfsPoolStatus,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Reads the answer with every field but the naming ones replaced, in turn, by everything that JSON has.
fn tolerates<T: DeserializeOwned>(answer: &Value, naming: &[&str]) {
    let fields = answer.as_object().unwrap();
    let others =
        [json!(null), json!("7"), json!(""), json!(-1), json!(1.5), json!(true), json!([1]), json!({"a": 1})];
    let read = |fields: Map<String, Value>| {
        let shown = Value::from(fields);
        serde_json::from_value::<T>(shown.clone()).unwrap_or_else(|error| panic!("{error}: {shown}"));
    };
    for name in fields.keys().filter(|name| !naming.contains(&name.as_str())) {
        let mut without = fields.clone();
        without.remove(name);
        read(without);
        for other in &others {
            let mut odd = fields.clone();
            odd.insert(name.clone(), other.clone());
            read(odd);
        }
    }
    let mut more = fields.clone();
    more.insert("something-new".into(), json!({"in": ["the", "next", "version"]}));
    read(more);
}

fn rows(file: &str) -> Vec<Value> {
    let answer: Value = serde_json::from_str(file).unwrap();
    answer["data"].as_array().unwrap().clone()
}

macro_rules! answer {
    ($name:literal) => {
        include_str!(concat!("../../../../fixtures/pve/answers/", $name, ".json"))
    };
}
pub(crate) use answer;

fn object(file: &str) -> Value {
    serde_json::from_str::<Value>(file).unwrap()["data"].clone()
}

#[test]
fn recorded_answers_may_change_in_every_field() {
    for row in rows(answer!("cluster-resources")) {
        tolerates::<Resource>(&row, &["type", "vmid", "node", "storage", "pool", "network"]);
    }
    tolerates::<NodeStatus>(&object(answer!("node-status")), &[]);
    tolerates::<GuestStatus>(&object(answer!("lxc-status")), &[]);
    tolerates::<GuestStatus>(&object(answer!("qemu-status")), &[]);
    tolerates::<GuestConfig>(&object(answer!("lxc-config")), &[]);
    tolerates::<OsInfo>(&object(answer!("agent-osinfo"))["result"], &[]);
    for row in rows(answer!("node-services")) {
        tolerates::<Service>(&row, &["service"]);
    }
    for row in rows(answer!("node-disks")) {
        tolerates::<Disk>(&row, &["devpath"]);
    }
    for row in rows(answer!("node-storage")) {
        tolerates::<StorageStatus>(&row, &["storage"]);
    }
    for row in rows(answer!("node-tasks")) {
        tolerates::<TaskRow>(&row, &["upid"]);
    }
    for row in rows(answer!("certificates")) {
        tolerates::<NodeCertificate>(&row, &["filename"]);
    }
    for row in rows(answer!("storage-content")) {
        tolerates::<StoredVolume>(&row, &["volid"]);
    }
    for row in rows(answer!("lxc-interfaces")) {
        tolerates::<GuestInterface>(&row, &["name"]);
    }
}

/// The recorded node had none of these; the fields are those of Proxmox's documentation.
#[test]
fn answers_that_the_recorded_node_could_not_give_are_tolerant_too() {
    tolerates::<ZfsPool>(
        &json!({"name": "tank", "health": "ONLINE", "size": 1, "alloc": 1, "free": 0, "frag": 3, "dedup": 1}),
        &["name"],
    );
    let vdev = json!({"name": "raidz1-0", "state": "ONLINE", "read": 0, "write": 0, "cksum": 0, "children": [{"name": "sda"}]});
    tolerates::<ZfsPoolStatus>(
        &json!({"state": "ONLINE", "scan": "x", "errors": "y", "children": [vdev]}),
        &[],
    );
    let bridge = json!({"iface": "vmbr0", "type": "bridge", "active": 1, "cidr": "10.0.0.2/24", "bridge_ports": "eno1 eno2", "vlan-id": "20", "mtu": "1500"});
    tolerates::<NetworkInterface>(&bridge, &["iface"]);
    tolerates::<Update>(
        &json!({"Package": "pve-manager", "Version": "9.1.9", "OldVersion": "9.1.8", "Origin": "Proxmox"}),
        &["Package"],
    );
    tolerates::<Replication>(
        &json!({"id": "101-0", "guest": "101", "target": "pve2", "fail_count": 1, "last_sync": 0}),
        &["id"],
    );
}

#[test]
fn a_row_that_names_nothing_is_reported_and_the_others_stay() {
    let rows: Rows<GuestRow> = serde_json::from_value(json!([
        {"type": "lxc", "vmid": "101", "node": "pve1"},
        {"type": "lxc", "vmid": 7, "node": "pve1"},
        {"type": "lxc", "vmid": 102, "node": "pve 1"},
    ]))
    .unwrap();
    assert_eq!((rows.len(), rows.unreadable().len()), (1, 2));
}
