//! The map in the predecessor's shape, and its dangling ends that can no longer happen.

use serde_json::{Value, json};

use crate::lab::Lab;

#[tokio::test]
async fn parents_are_edges_networks_are_colours_and_a_deleted_item_leaves_nothing_behind() {
    let lab = Lab::new().await;
    lab.create("networks", json!({"name": "wide", "subnet": "10.0.0.0/8", "color": "#111111"})).await;
    let net = lab
        .create("networks", json!({"name": "servers", "subnet": "10.0.20.0/24", "color": "#2f81f7"}))
        .await;
    let host = lab.create("hardware", json!({"name": "pve-01", "ip_address": "10.0.20.2"})).await;
    let vm = lab.create("vms", json!({"name": "docker-01", "hardware_id": host})).await;
    let edge = lab
        .ask("map_edge_create", json!({"source_type": "hardware", "source_id": host, "target_type": "networks", "target_id": net, "label": "uplink"}))
        .await["data"]["id"]
        .clone();
    lab.ask("map_layout_save", json!({"positions": {(format!("vms-{vm}")): {"x": 1.5, "y": -2.0}}})).await;
    let graph = lab.ask("map_graph", json!({})).await;
    let node = |id: &str| {
        graph["nodes"].as_array().unwrap().iter().find(|node| node["data"]["id"] == id).unwrap()["data"]
            .clone()
    };
    assert_eq!(node(&format!("hardware-{host}"))["networkName"], "servers");
    assert_eq!(node(&format!("hardware-{host}"))["networkColor"], "#2f81f7");
    let edges: Vec<(&Value, &Value)> = graph["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| (&edge["data"]["label"], &edge["data"]["manual"]))
        .collect();
    assert_eq!(edges, [(&json!("hosts"), &Value::Null), (&json!("uplink"), &json!(true))]);

    lab.ask("inventory_delete", json!({"type": "vms", "id": vm, "confirm": true})).await;
    assert_eq!(lab.ask("map_layout", json!({})).await["data"], json!({}));
    lab.ask("link_delete", json!({"id": edge})).await;
    assert_eq!(lab.ask("map_graph", json!({})).await["edges"], json!([]));
}

#[tokio::test]
async fn positions_of_things_that_do_not_exist_are_refused_by_name() {
    let lab = Lab::new().await;
    let fault = lab.refused("map_layout_save", json!({"positions": {"hardware-7": {"x": 0, "y": 0}}})).await;
    assert!(fault.message.contains("hardware-7"));
    let fault = lab.refused("map_layout_save", json!({"positions": {"nonsense": {"x": 0, "y": 0}}})).await;
    assert_eq!(fault.code.as_str(), "invalid");
}

#[tokio::test]
async fn members_answer_in_the_predecessors_shape() {
    let lab = Lab::new().await;
    let net = lab.create("networks", json!({"name": "IoT"})).await;
    let host = lab.create("hardware", json!({"name": "bridge"})).await;
    let input =
        json!({"id": net, "member_type": "hardware", "member_id": host, "ip_on_network": "10.0.30.4"});
    let made = lab.ask("network_member_add", input.clone()).await;
    assert_eq!(
        (&made["data"]["ip_on_network"], &made["data"]["member_type"]),
        (&json!("10.0.30.4"), &json!("hardware"))
    );
    assert_eq!(lab.refused("network_member_add", input).await.code.as_str(), "conflict");
    let members = lab.ask("network_members", json!({"id": net})).await;
    assert_eq!(members["data"].as_array().unwrap().len(), 1);
    lab.ask("network_member_remove", json!({"id": net, "member_type": "hardware", "member_id": host})).await;
    assert_eq!(lab.ask("network_members", json!({"id": net})).await["data"], json!([]));
}
