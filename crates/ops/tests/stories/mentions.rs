//! Fields that name something elsewhere never name nothing: networks of addresses, uploaded icons, revisions.

use serde_json::{Value, json};

use crate::lab::Lab;

#[tokio::test]
async fn an_address_names_a_network_that_is_there() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve"})).await;
    for network in [host, 4242] {
        let data = json!({"name": "nas", "addresses": [{"ip": "10.0.0.2", "network_id": network}]});
        let fault = lab.refused("inventory_create", json!({"type": "hardware", "data": data})).await;
        assert_eq!(fault.message, format!("addresses: there is no network {network}"));
    }
}

#[tokio::test]
async fn addresses_let_go_of_a_network_that_is_deleted_until_it_comes_back() {
    let lab = Lab::new().await;
    let lan = lab.create("networks", json!({"name": "LAN", "subnet": "10.0.0.0/24"})).await;
    let list = json!([{"ip": "10.0.0.2", "network_id": lan}, {"ip": "10.1.0.2"}]);
    let nas = lab.create("hardware", json!({"name": "nas", "addresses": list})).await;
    let addresses = async || -> Value {
        lab.ask("inventory_get", json!({"type": "hardware", "id": nas})).await["data"]["addresses"].clone()
    };
    let before = addresses().await;
    let gone =
        lab.call("inventory_delete", json!({"type": "networks", "id": lan, "confirm": true})).await.unwrap();
    assert_eq!(
        addresses().await,
        json!([{"ip": "10.0.0.2", "primary": true}, {"ip": "10.1.0.2", "primary": false}])
    );
    lab.ask("change_undo", json!({"id": gone.change_id})).await;
    assert_eq!(addresses().await, before);
}

#[tokio::test]
async fn addresses_follow_a_network_that_is_merged_into_another() {
    let lab = Lab::new().await;
    let keep = lab.create("networks", json!({"name": "LAN"})).await;
    let merge = lab.create("networks", json!({"name": "lan"})).await;
    let list = json!([{"ip": "10.0.0.2", "network_id": merge}]);
    let nas = lab.create("hardware", json!({"name": "nas", "addresses": list})).await;
    lab.ask("inventory_merge", json!({"keep": keep, "merge": merge, "confirm": true})).await;
    let row = lab.ask("inventory_get", json!({"type": "hardware", "id": nas})).await;
    assert_eq!(row["data"]["addresses"][0]["network_id"], keep);
}

#[tokio::test]
async fn an_icon_is_one_that_was_uploaded_and_a_revision_is_a_number() {
    let lab = Lab::new().await;
    let nowhere = format!("/api/icons/{}", "0".repeat(64));
    let data = json!({"name": "nas", "icon": nowhere});
    let fault = lab.refused("inventory_create", json!({"type": "hardware", "data": data})).await;
    assert_eq!((fault.field.as_deref(), fault.code.as_str()), (Some("icon"), "invalid"));
    let nas = lab.create("hardware", json!({"name": "nas"})).await;
    let data = json!({"os": "TrueNAS", "rev": "1x"});
    let fault = lab.refused("inventory_update", json!({"type": "hardware", "id": nas, "data": data})).await;
    assert_eq!(fault.field.as_deref(), Some("rev"));
}

#[tokio::test]
async fn a_dry_run_refuses_what_the_write_would() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "web"})).await;
    let data = json!({"addresses": [{"ip": "10.0.0.9", "network_id": 4711}]});
    for (name, mut input) in [
        ("inventory_update", json!({"type": "vms", "id": id, "data": data})),
        ("inventory_create", json!({"type": "vms", "data": {"name": "db", "addresses": data["addresses"]}})),
    ] {
        input["dry_run"] = true.into();
        assert_eq!(lab.refused(name, input).await.field.as_deref(), Some("addresses"));
    }
}
