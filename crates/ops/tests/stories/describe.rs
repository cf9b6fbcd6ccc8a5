//! What the assistant is told of the lab: the census, its differences, single guests, backups, plans.

use labkeeper_sim::door::{Mishap, What};
use serde_json::{Value, json};

use crate::homelab::{OBSERVE, OPERATE, connected};

fn named<'a>(rows: &'a Value, field: &str, value: impl Into<Value>) -> &'a Value {
    let value = value.into();
    rows.as_array()
        .unwrap()
        .iter()
        .find(|row| row[field] == value)
        .unwrap_or_else(|| panic!("no {value} in {rows}"))
}

#[tokio::test]
async fn an_observer_is_told_the_whole_lab() {
    let home = connected(OBSERVE).await;
    let told = home.lab.ask("describe_homelab", json!({"depth": "full"})).await;
    assert_eq!((&told["schemaVersion"], &told["errors"]), (&json!(1), &json!([])));
    for section in ["node", "storage", "network", "containers", "vms"] {
        assert_eq!(told["coverage"][section], "ok", "{section}");
    }
    let sections = &told["sections"];
    assert_eq!(sections["services"], json!({"unavailableAtTier": "companion"}));
    let node = named(&sections["node"], "node", "pve1");
    assert_eq!(
        (&node["version"], &node["cpu"], &node["zpool"]["healthy"]),
        (&json!("9.1.8"), &json!(16), &json!(true))
    );
    let guest = named(&sections["containers"], "vmid", 101);
    assert_eq!(
        (&guest["name"], &guest["node"], &guest["snapshotCapable"]),
        (&json!("proxy"), &json!("pve2"), &json!(true))
    );
    assert_eq!(guest["config"]["description"], "[redacted]");
    let silent = named(&sections["vms"], "name", "truenas");
    assert_eq!(silent["agent"], json!({"enabled": true, "running": false}));
    assert!(named(&sections["storage"], "name", "nas")["totalBytes"].as_u64().unwrap() > 0);
    let network = named(&sections["network"], "node", "pve1");
    assert_eq!(named(&network["bridges"], "name", "vmbr0")["address"], "192.168.1.11/24");
    assert!(told["redactions"].as_u64().unwrap() > 10);
}

#[tokio::test]
async fn two_censuses_tell_what_changed_between_them() {
    let home = connected(OBSERVE).await;
    let first = home.lab.ask("describe_homelab", json!({"compareToPrevious": true})).await;
    assert!(first["snapshot"].is_i64() && first.get("drift").is_none());
    {
        let mut cluster = home.cluster.cluster();
        cluster.world.guests.remove(&115);
        cluster.world.guests.get_mut(&110).unwrap().node = "pve1".into();
    }
    let second = home.lab.ask("describe_homelab", json!({"compareToPrevious": true})).await;
    let containers = &second["drift"]["sections"]["containers"];
    assert_eq!(containers["removed"], json!(["home/115 playground"]));
    assert_eq!(
        containers["changed"],
        json!([{"what": "home/110 mqtt", "field": "node", "from": "pve2", "to": "pve1"}])
    );
    assert_eq!(second["drift"]["sections"]["vms"], json!({"added": [], "removed": [], "changed": []}));
}

#[tokio::test]
async fn a_node_that_goes_away_degrades_its_own_sections_and_is_no_baseline() {
    let home = connected(OBSERVE).await;
    let whole = home.lab.ask("describe_homelab", json!({})).await;
    home.cluster.cluster().world.nodes.get_mut("pve3").unwrap().online = false;
    let part = home.lab.ask("describe_homelab", json!({"compareToPrevious": true})).await;
    assert_eq!(part.get("snapshot"), None, "a partial census is never kept");
    assert_eq!(part["coverage"]["storage"], "unknown");
    let errors = part["errors"].as_array().unwrap();
    assert!(
        errors.iter().all(|error| error["probe"].as_str().unwrap().contains("pve3")
            || error["error"].as_str().unwrap().contains("node")),
        "{errors:?}"
    );
    assert_eq!(named(&part["sections"]["node"], "node", "pve1")["version"], "9.1.8");
    assert_eq!(part["drift"]["sections"].get("storage"), None, "what was not seen is not compared");
    home.cluster.cluster().world.nodes.get_mut("pve3").unwrap().online = true;
    let again = home.lab.ask("describe_homelab", json!({"compareToPrevious": true})).await;
    assert_eq!(again["drift"]["since"], whole["ts"], "the partial one is not what it is compared with");
    assert!(again["snapshot"].is_i64());
}

#[tokio::test]
async fn one_call_that_fails_costs_its_section_only() {
    let home = connected(OBSERVE).await;
    home.cluster.let_happen(Mishap {
        below: "/nodes/pve2/network".into(),
        what: What::Fail(500, "it is busy".into()),
        times: None,
    });
    let part = home.lab.ask("describe_homelab", json!({})).await;
    assert_eq!(part["coverage"]["network"], "unknown");
    assert_eq!(part["coverage"]["node"], "ok");
    let error = &part["errors"][0];
    assert_eq!((&error["section"], &error["probe"]), (&json!("network"), &json!("the network of pve2")));
    assert!(!error["remedy"].as_str().unwrap().is_empty());
    home.cluster.calm();
}

#[tokio::test]
async fn a_node_whose_answers_stop_in_the_middle_costs_its_own_sections_only() {
    let home = connected(OBSERVE).await;
    home.cluster.let_happen(Mishap { below: "/nodes/pve3/".into(), what: What::Drop, times: None });
    let part = home.lab.ask("describe_homelab", json!({"depth": "full"})).await;
    let errors = part["errors"].as_array().unwrap();
    assert!(
        !errors.is_empty() && errors.iter().all(|error| error["probe"].as_str().unwrap().contains("pve3")),
        "{errors:#?}"
    );
    let guests = part["sections"]["vms"].as_array().unwrap();
    let configured = |node: &str| {
        guests.iter().filter(|guest| guest["node"] == node).all(|guest| guest["config"].is_object())
    };
    assert!(configured("pve1") && configured("pve2") && !configured("pve3"));
    assert_eq!(part.get("snapshot"), None);
    home.cluster.calm();
    assert!(home.lab.ask("describe_homelab", json!({})).await["snapshot"].is_i64(), "and it is whole again");
}

#[tokio::test]
async fn a_guest_is_described_with_its_addresses_and_without_its_secrets() {
    let home = connected(OBSERVE).await;
    let guest = home.lab.ask("describe_guest", json!({"vmid": 102})).await;
    assert_eq!(
        (&guest["name"], &guest["kind"], &guest["status"]),
        (&json!("vaultwarden"), &json!("lxc"), &json!("running"))
    );
    assert!(guest["interfaces"].to_string().contains("10.10.20.11/24"), "{guest}");
    assert_eq!((&guest["config"]["description"], &guest["errors"]), (&json!("[redacted]"), &json!([])));
    let silent = home.lab.ask("describe_guest", json!({"vmid": 206})).await;
    assert_eq!((&silent["agent"]["running"], &silent["errors"]), (&json!(false), &json!([])));
    let unknown = home.lab.call("describe_guest", json!({"vmid": 999})).await.unwrap_err();
    assert_eq!(unknown.message, "there is no guest 999");
}

#[tokio::test]
async fn backups_are_listed_to_who_may_see_them_and_nobody_else_is_told_there_are_none() {
    let home = connected(OBSERVE).await;
    let hidden = home.lab.ask("list_backups", json!({})).await;
    assert_eq!(hidden["backups"], json!([]));
    assert!(hidden["gaps"][0]["problem"].as_str().unwrap().contains("needs"), "{hidden}");
    let home = connected(&["PVEAuditor", "PVEDatastoreAdmin", "PVEVMAdmin"]).await;
    let seen = home.lab.ask("list_backups", json!({})).await;
    assert_eq!(seen["gaps"], json!([]));
    let backups = seen["backups"].as_array().unwrap();
    assert!(backups.len() > 5);
    let made: Vec<&str> = backups.iter().map(|backup| backup["made"].as_str().unwrap()).collect();
    assert!(made.is_sorted_by(|a, b| a >= b), "newest first");
    let vmid = &backups[0]["vmid"];
    let of_one = home.lab.ask("list_backups", json!({"vmid": vmid, "limit": 1})).await;
    assert_eq!((of_one["backups"].as_array().unwrap().len(), &of_one["backups"][0]["vmid"]), (1, vmid));
}

#[tokio::test]
async fn a_plan_says_what_would_happen_and_nothing_does() {
    let home = connected(OPERATE).await;
    let plan =
        home.lab.ask("plan", json!({"tool": "guest_stop", "input": {"vmid": 101}})).await["plan"].clone();
    assert_eq!((&plan["verdict"], &plan["details"]["name"]), (&json!("confirm"), &json!("proxy")));
    assert!(plan["summary"].as_str().unwrap().contains("switch CT 101 (proxy) on pve2 off"));
    assert_eq!(home.lab.ask("describe_guest", json!({"vmid": 101})).await["status"], "running");
    let reads = home.lab.ask("plan", json!({"tool": "pct_list"})).await;
    assert_eq!(reads["plan"]["verdict"], "allow");
    let wrong = home.lab.call("plan", json!({"tool": "guest_stop", "input": {"vmdi": 1}})).await.unwrap_err();
    assert_eq!(wrong.code.as_str(), "unknown_field");
    let unknown = home.lab.call("plan", json!({"tool": "guest_stopp"})).await.unwrap_err();
    assert!(unknown.hint.unwrap().contains("guest_stop"));
}

#[tokio::test]
async fn the_nodes_are_listed_with_how_busy_they_are() {
    let home = connected(OBSERVE).await;
    home.cluster.cluster().world.nodes.get_mut("pve3").unwrap().online = false;
    let listed = home.lab.ask("node_list", json!({})).await;
    let node = named(&listed["nodes"], "node", "pve1");
    assert_eq!((&node["status"], &node["cores"]), (&json!("online"), &json!(16.0)));
    assert!(node["cpu"].as_f64().unwrap() > 0.0 && node["memoryUsed"].as_u64() < node["memory"].as_u64());
    assert_eq!(named(&listed["nodes"], "node", "pve3")["status"], "offline");
    let busy = home.lab.ask("pct_list", json!({})).await;
    assert!(named(&busy["guests"], "vmid", 101)["memUsedMB"].as_u64().unwrap() > 0);
}
