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

#[tokio::test]
async fn a_drawn_line_is_labelled_anew_and_undo_gives_the_old_text_back() {
    let lab = Lab::new().await;
    let switch = lab.create("hardware", json!({"name": "switch"})).await;
    let nas = lab.create("hardware", json!({"name": "nas"})).await;
    let line = json!({"source_type": "hardware", "source_id": switch, "target_type": "hardware", "target_id": nas, "label": "1G"});
    let edge = lab.ask("map_edge_create", line).await["data"]["id"].clone();
    let label = async || lab.ask("map_graph", json!({})).await["edges"][0]["data"]["label"].clone();

    let labelled = lab.ask("map_edge_update", json!({"id": edge, "label": " 10G "})).await;
    assert_eq!(labelled["data"]["label"], "10G");
    assert_eq!(label().await, "10G");
    let change = lab.ask("changes_list", json!({"limit": 1})).await["data"][0].clone();
    assert_eq!(change["summary"], "label the line from switch to nas with \"10G\"");
    lab.ask("change_undo", json!({"id": change["id"]})).await;
    assert_eq!(label().await, "1G");

    lab.ask("map_edge_update", json!({"id": edge, "label": null})).await;
    assert_eq!(label().await, "");
    let fault = lab.refused("map_edge_update", json!({"id": 4096, "label": "x"})).await;
    assert_eq!(fault.code.as_str(), "not_found");
}

#[tokio::test]
async fn what_an_item_stands_on_takes_no_text() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    lab.create("vms", json!({"name": "docker-01", "hardware_id": host})).await;
    let edge = lab.ask("map_graph", json!({})).await["edges"][0]["data"]["id"].clone();
    let fault = lab.refused("map_edge_update", json!({"id": edge, "label": "runs"})).await;
    assert_eq!((fault.code.as_str(), fault.field.as_deref()), ("invalid", Some("id")));
}

#[tokio::test]
async fn a_node_names_every_network_it_is_in_the_said_one_first() {
    let lab = Lab::new().await;
    let servers = lab.create("networks", json!({"name": "servers", "subnet": "10.0.20.0/24"})).await;
    let storage = lab.create("networks", json!({"name": "storage", "subnet": "10.0.40.0/24"})).await;
    let guests = lab.create("networks", json!({"name": "guests"})).await;
    let addresses = json!([{"ip": "10.0.20.2", "primary": true}, {"ip": "10.0.40.2"}]);
    let nas = lab.create("hardware", json!({"name": "nas", "addresses": addresses})).await;
    lab.ask("network_member_add", json!({"id": guests, "member_type": "hardware", "member_id": nas})).await;
    let node = lab.ask("map_graph", json!({})).await["nodes"][0]["data"].clone();
    assert_eq!(node["networkIds"], json!([guests, servers, storage]));
    assert_eq!((&node["networkName"], &node["address"]), (&json!("guests"), &json!("10.0.20.2")));
}

#[tokio::test]
async fn a_place_that_is_forgotten_is_news_too() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let key = format!("hardware-{host}");
    lab.ask("map_layout_save", json!({"positions": {(key.clone()): {"x": 1.0, "y": 2.0}}})).await;
    let before = lab.keeper.store().read().await.unwrap().last_event().await.unwrap();
    lab.ask("map_layout_save", json!({"positions": {key: null}})).await;
    let events = lab.keeper.store().read().await.unwrap().events_after(before, 10).await.unwrap();
    assert!(events.iter().any(|event| event.r#type == "layout"), "what is kept of the map is old now");
}
