//! Guests of a simulated cluster: the real client asks it over HTTPS, with a token that the node itself holds to its rights.

use std::time::Duration;

use labkeeper_core::fault::Code;
use labkeeper_core::tier::Tier;
use serde_json::{Value, json};

use crate::homelab::{OBSERVE, OPERATE, connected, connected_for};
use crate::lab::Lab;

fn vmids(answer: &Value) -> Vec<u64> {
    answer["guests"].as_array().unwrap().iter().map(|guest| guest["vmid"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn containers_and_machines_are_listed_with_where_they_are() {
    let home = connected(OBSERVE).await;
    let containers = home.lab.ask("pct_list", json!({})).await;
    assert_eq!(vmids(&containers), (100..=115).collect::<Vec<_>>());
    let first = &containers["guests"][0];
    assert_eq!(
        (&first["name"], &first["node"], &first["status"]),
        (&json!("adguard"), &json!("pve2"), &json!("running"))
    );
    let machines = home.lab.ask("qm_list", json!({"cluster": "home"})).await;
    assert_eq!(vmids(&machines), (200..=209).collect::<Vec<_>>());
    assert_eq!(
        (&machines["guests"][2]["memMB"], &machines["guests"][2]["bootDiskGB"]),
        (&json!(16384), &json!(128.0))
    );
    assert_eq!(machines["gaps"], json!([]));
    let fault = home.lab.refused("qm_list", json!({"cluster": "attic"})).await;
    assert_eq!((fault.code, fault.hint.as_deref()), (Code::Invalid, Some("there is: home")));
}

#[tokio::test]
async fn what_cannot_be_asked_is_a_gap_and_never_an_empty_lab() {
    let home = connected(OBSERVE).await;
    home.cluster.cluster().access.remove_token("hub@pve", "lab").unwrap();
    let listed = home.lab.ask("pct_list", json!({})).await;
    assert_eq!(listed["guests"], json!([]));
    assert!(listed["gaps"][0]["problem"].as_str().unwrap().contains("does not accept the token"), "{listed}");
    let fault = home.lab.refused("snapshot_list", json!({"vmid": 100})).await;
    assert_eq!(fault.code, Code::Unavailable);
    let alone = Lab::new().await.refused("pct_list", json!({})).await;
    assert_eq!((alone.code, alone.message.as_str()), (Code::Conflict, "no Proxmox cluster is connected"));
}

#[tokio::test]
async fn a_guest_is_started_stopped_and_restarted_and_it_is_looked_whether_it_came_about() {
    let home = connected(OPERATE).await;
    let started = home.lab.ask("guest_start", json!({"vmid": 115})).await;
    assert_eq!(
        (&started["status"], &started["already"], &started["guestType"]),
        (&json!("running"), &json!(false), &json!("lxc"))
    );
    assert!(started["task"].as_str().unwrap().contains(":vzstart:115:hub@pve!lab:"));
    let again = home.lab.ask("guest_start", json!({"vmid": 115})).await;
    assert_eq!((&again["already"], &again["task"]), (&json!(true), &json!("")));
    let restarted = home.lab.ask("guest_restart", json!({"vmid": 115, "confirm": true})).await;
    assert_eq!(restarted["status"], "running");
    let asked = home.lab.refused("guest_stop", json!({"vmid": 115})).await;
    assert_eq!(asked.code, Code::ConfirmRequired);
    let stopped = home.lab.ask("guest_stop", json!({"vmid": 115, "confirm": true})).await;
    assert_eq!(stopped["status"], "stopped");
    assert!(!home.cluster.cluster().world.guests[&115].is_running());
    let audit = home.lab.ask("query_audit", json!({})).await.to_string();
    assert!(audit.contains("switched CT 115 (playground) on pve3 off"), "{audit}");
}

#[tokio::test]
async fn the_node_itself_refuses_what_the_token_may_not() {
    let home = connected(OBSERVE).await;
    let before = format!("{:?}", home.cluster.cluster().world.guests);
    for (operation, input) in [
        ("guest_start", json!({"vmid": 115})),
        ("guest_restart", json!({"vmid": 100, "confirm": true})),
        ("guest_stop", json!({"vmid": 100, "confirm": true})),
        ("snapshot_create", json!({"vmid": 108})),
    ] {
        let fault = home.lab.refused(operation, input).await;
        assert_eq!(fault.code, Code::Forbidden, "{operation}: {fault}");
        assert!(fault.message.contains("VM."), "{fault}");
    }
    assert_eq!(format!("{:?}", home.cluster.cluster().world.guests), before);
}

#[tokio::test]
async fn snapshots_are_made_kept_to_three_gone_back_to_and_deleted() {
    let home = connected(OPERATE).await;
    let mut names = Vec::new();
    for round in 0..4 {
        home.lab.clock.advance(Duration::from_secs(60));
        let made =
            home.lab.ask("snapshot_create", json!({"vmid": 108, "note": format!("round {round}")})).await;
        names.push(made["name"].as_str().unwrap().to_string());
        let evicted = if round == 3 { json!([names[0]]) } else { json!([]) };
        assert_eq!(
            (&made["evicted"], &made["guestType"], &made["left"]),
            (&evicted, &json!("pct"), &json!([]))
        );
    }
    let listed = home.lab.ask("snapshot_list", json!({"vmid": 108})).await;
    let there: Vec<_> =
        listed["snapshots"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(there, names[1..].iter().map(|name| json!(name)).collect::<Vec<_>>());
    assert_eq!(
        (&listed["snapshots"][2]["description"], &listed["snapshots"][2]["current"]),
        (&json!("round 3"), &json!(true))
    );
    let back = json!({"vmid": 108, "name": names[1], "confirm": true});
    let fault = home.lab.refused("snapshot_rollback", back.clone()).await;
    assert_eq!((fault.code, fault.field.as_deref()), (Code::Conflict, Some("stopIfRunning")));
    let mut back = back;
    back["stopIfRunning"] = true.into();
    let taken = home.lab.ask("snapshot_rollback", back).await;
    assert_eq!(taken["restarted"], true);
    assert!(home.cluster.cluster().world.guests[&108].is_running(), "what ran before runs again");
    home.lab.ask("snapshot_delete", json!({"vmid": 108, "name": names[2], "confirm": true})).await;
    let left = home.lab.ask("snapshot_list", json!({"vmid": 108})).await;
    assert_eq!(left["snapshots"].as_array().unwrap().len(), 2);
    let others =
        home.lab.refused("snapshot_delete", json!({"vmid": 108, "name": "by-hand", "confirm": true})).await;
    assert_eq!(others.code, Code::Denied);
}

#[tokio::test]
async fn what_was_done_with_a_guest_is_listed_whoever_did_it() {
    let home = connected(OPERATE).await;
    home.lab.ask("guest_start", json!({"vmid": 115})).await;
    home.lab.ask("guest_restart", json!({"vmid": 115, "confirm": true})).await;
    let listed = home.lab.ask("guest_tasks", json!({"vmid": 115, "limit": 2})).await;
    assert_eq!(listed["gaps"], json!([]));
    let tasks = listed["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 2, "{listed}");
    let newest = &tasks[0];
    assert_eq!(
        json!([newest["kind"], newest["state"], newest["problem"]]),
        json!(["vzreboot", "done", null]),
        "{listed}"
    );
    assert!(newest["user"].as_str().unwrap().contains('!'), "by a token: {newest}");
    assert!(newest["ended"].as_str() >= newest["began"].as_str());
    for limit in [0, 101] {
        let refused = home.lab.refused("guest_tasks", json!({"vmid": 115, "limit": limit})).await;
        assert_eq!(refused.field.as_deref(), Some("limit"));
    }
}

#[tokio::test]
async fn an_agent_answers_or_it_is_said_why_not() {
    let home = connected(OBSERVE).await;
    assert_eq!(home.lab.ask("qm_agent_ping", json!({"vmid": 202})).await, json!({"available": true}));
    let silent = home.lab.ask("qm_agent_ping", json!({"vmid": 206})).await;
    assert_eq!(
        (&silent["available"], silent["remedy"].as_str().map(str::is_empty)),
        (&json!(false), Some(false))
    );
    let fault = home.lab.refused("qm_agent_ping", json!({"vmid": 100})).await;
    assert_eq!((fault.code, fault.field.as_deref()), (Code::Conflict, Some("vmid")));
    let fault = home.lab.refused("qm_agent_ping", json!({"vmid": 4711})).await;
    assert_eq!(fault.code, Code::NotFound);
}

#[tokio::test]
async fn a_cluster_that_is_connected_for_observe_is_not_acted_on_whatever_its_token_may() {
    let home = connected_for(Some(Tier::Observe), OPERATE).await;
    for (tool, input) in [
        ("guest_stop", json!({"vmid": 101, "confirm": true})),
        ("guest_start", json!({"vmid": 115})),
        ("guest_restart", json!({"vmid": 101, "confirm": true})),
        ("snapshot_create", json!({"vmid": 101})),
        ("snapshot_delete", json!({"vmid": 101, "name": "mcp-x", "confirm": true})),
        ("snapshot_rollback", json!({"vmid": 101, "name": "mcp-x", "confirm": true})),
    ] {
        let fault = home.lab.call(tool, input).await.unwrap_err();
        assert_eq!(fault.code, Code::Forbidden, "{tool}: {fault}");
        assert!(fault.hint.unwrap().contains("labkeeper setup --tier operate --name home"));
    }
    let log = home.cluster.cluster().world.tasks.len();
    assert_eq!(log, 0, "the cluster was not even asked");
}
