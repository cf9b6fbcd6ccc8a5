//! Items and links, told at the door.

use serde_json::{Value, json};

use crate::lab::{Lab, assistant};

#[tokio::test]
async fn an_item_of_every_kind_can_be_created_read_listed_changed_and_deleted() {
    let lab = Lab::new().await;
    for kind in
        ["hardware", "vms", "containers", "apps", "storage", "shares", "networks", "misc", "documents"]
    {
        let name = if kind == "documents" { "title" } else { "name" };
        let id = lab.create(kind, json!({name: "first"})).await;
        let read = lab.ask("inventory_get", json!({"type": kind, "id": id})).await;
        assert_eq!(read["data"][name], "first");
        lab.ask("inventory_update", json!({"type": kind, "id": id, "data": {name: "second"}})).await;
        let list = lab.ask("inventory_list", json!({"type": kind})).await;
        assert_eq!((list["count"].as_u64(), list["data"][0][name].as_str()), (Some(1), Some("second")));
        lab.ask("inventory_delete", json!({"type": kind, "id": id, "confirm": true})).await;
        assert_eq!(
            lab.refused("inventory_get", json!({"type": kind, "id": id})).await.code.as_str(),
            "not_found"
        );
    }
}

#[tokio::test]
async fn the_predecessors_hole_is_closed() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "pve-01"})).await;
    let fault = lab.refused("inventory_create", json!({"type": "inventory/import", "data": {}})).await;
    assert_eq!((fault.code.as_str(), fault.field.as_deref()), ("invalid", Some("type")));
    let fault =
        lab.refused("inventory_delete", json!({"type": "hardware", "id": 1, "confirm": "false"})).await;
    assert_eq!(fault.field.as_deref(), Some("confirm"));
    assert_eq!(lab.ask("inventory_list", json!({"type": "hardware"})).await["count"], 1);
}

#[tokio::test]
async fn a_mistyped_name_is_answered_with_the_nearest() {
    let lab = Lab::new().await;
    let fault = lab.refused("inventory_creat", json!({})).await;
    assert!(fault.hint.unwrap().contains("inventory_create"));
    let fault = lab.refused("inventory_list", json!({"type": "hardwar"})).await;
    assert!(fault.hint.unwrap().contains("hardware"));
    let fault = lab.refused("inventory_list", json!({"type": "vms", "fitler": {}})).await;
    assert!(fault.hint.unwrap().contains("filter"));
    let fault = lab
        .refused("inventory_create", json!({"type": "vms", "data": {"name": "a", "ip_adress": "10.0.0.1"}}))
        .await;
    assert!(fault.hint.unwrap().contains("ip_address"));
}

#[tokio::test]
async fn a_stale_write_is_stopped_with_both_versions() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01"})).await;
    lab.ask("inventory_update", json!({"type": "vms", "id": id, "data": {"os": "Debian 12"}, "rev": 1}))
        .await;
    let fault = lab
        .refused("inventory_update", json!({"type": "vms", "id": id, "data": {"os": "Alpine"}, "rev": 1}))
        .await;
    assert_eq!(fault.code.as_str(), "stale_revision");
    let details = fault.details.unwrap();
    assert_eq!(
        (&details["current"]["os"], &details["current"]["rev"], &details["yours"]),
        (&json!("Debian 12"), &json!(2), &json!(1))
    );
}

#[tokio::test]
async fn writing_what_is_there_already_is_no_change() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01", "os": "Debian 12"})).await;
    let answer = lab
        .call("inventory_update", json!({"type": "vms", "id": id, "data": {"os": "Debian 12"}}))
        .await
        .unwrap();
    assert_eq!((answer.change_id, &answer.output["data"]["rev"]), (None, &json!(1)));
}

#[tokio::test]
async fn deleting_needs_a_word_and_names_what_stands_on_it() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let vm = lab.create("vms", json!({"name": "docker-01", "hardware_id": host})).await;
    let app = lab.create("apps", json!({"name": "Jellyfin", "vm_id": vm})).await;
    let fault =
        lab.refused("inventory_delete", json!({"type": "hardware", "id": host, "confirm": true})).await;
    assert_eq!(fault.code.as_str(), "has_dependants");
    assert_eq!(fault.details.unwrap()["dependants"][0]["name"], "docker-01");
    let fault = lab.refused("inventory_delete", json!({"type": "apps", "id": app})).await;
    assert_eq!(fault.code.as_str(), "confirm_required");
    let gone = lab
        .ask(
            "inventory_delete",
            json!({"type": "hardware", "id": host, "cascade": "delete", "confirm": true}),
        )
        .await;
    assert_eq!(gone["deleted"].as_array().unwrap().len(), 3);
    assert_eq!(lab.world().await["links"], json!([]));
}

#[tokio::test]
async fn detaching_leaves_the_guests_standing_on_nothing() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let vm = lab.create("vms", json!({"name": "docker-01", "hardware_id": host})).await;
    lab.ask(
        "inventory_delete",
        json!({"type": "hardware", "id": host, "cascade": "detach", "confirm": true}),
    )
    .await;
    let read = lab.ask("inventory_get", json!({"type": "vms", "id": vm})).await;
    assert_eq!(read["data"]["hardware_id"], json!(null));
}

#[tokio::test]
async fn ids_are_never_reused() {
    let lab = Lab::new().await;
    let first = lab.create("misc", json!({"name": "UPS"})).await;
    lab.ask("inventory_delete", json!({"type": "misc", "id": first, "confirm": true})).await;
    assert!(lab.create("misc", json!({"name": "printer"})).await > first);
}

#[tokio::test]
async fn a_parent_must_exist_be_of_the_right_kind_and_close_no_circle() {
    let lab = Lab::new().await;
    let fault = lab
        .refused("inventory_create", json!({"type": "vms", "data": {"name": "a", "hardware_id": 4242}}))
        .await;
    assert_eq!(fault.field.as_deref(), Some("hardware_id"));
    let network = lab.create("networks", json!({"name": "LAN"})).await;
    let fault = lab
        .refused("inventory_create", json!({"type": "vms", "data": {"name": "a", "hardware_id": network}}))
        .await;
    assert_eq!(fault.field.as_deref(), Some("hardware_id"));
    let top = lab.create("documents", json!({"title": "Runbook"})).await;
    let under = lab.create("documents", json!({"title": "Restore", "parent_id": top})).await;
    let fault = lab.refused("document_move", json!({"id": top, "parent_id": under})).await;
    assert!(fault.message.contains("Runbook → Restore → Runbook"), "{fault}");
    assert_eq!(
        lab.refused("inventory_list", json!({"type": "vms", "limit": -1})).await.code.as_str(),
        "invalid"
    );
}

#[tokio::test]
async fn lists_are_filtered_sorted_paged_and_trimmed() {
    let lab = Lab::new().await;
    for (name, ip, tag) in
        [("pve10", "10.0.0.10", "prod"), ("pve2", "10.0.0.9", "lab"), ("pve1", "10.0.0.100", "prod")]
    {
        lab.create("hardware", json!({"name": name, "ip_address": ip, "tags": [tag]})).await;
    }
    let names = |list: &serde_json::Value| -> Vec<String> {
        list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_string()).collect()
    };
    let by_name = lab.ask("inventory_list", json!({"type": "hardware", "sort": "name"})).await;
    assert_eq!(names(&by_name), ["pve1", "pve2", "pve10"]);
    let by_ip = lab.ask("inventory_list", json!({"type": "hardware", "sort": "-ip_address"})).await;
    assert_eq!(names(&by_ip), ["pve1", "pve10", "pve2"]);
    let prod = lab
        .ask("inventory_list", json!({"type": "hardware", "filter": {"tag": "prod"}, "fields": "name"}))
        .await;
    assert_eq!((prod["count"].as_u64(), prod["data"][0].as_object().unwrap().len()), (Some(2), 2));
    let page = lab.ask("inventory_list", json!({"type": "hardware", "sort": "name", "limit": 2})).await;
    let rest = lab
        .ask(
            "inventory_list",
            json!({"type": "hardware", "sort": "name", "limit": 2, "cursor": page["next_cursor"]}),
        )
        .await;
    assert_eq!((names(&rest), rest.get("next_cursor")), (vec!["pve10".to_string()], None));
    let fault = lab.refused("inventory_list", json!({"type": "hardware", "sort": "nmae"})).await;
    assert!(fault.hint.unwrap().contains("name"));
}

/// What is not sorted or filtered is read page by page; sorted by id it is read whole and cut.
#[tokio::test]
async fn a_page_that_is_read_alone_is_the_one_of_the_whole_list() {
    let lab = Lab::new().await;
    let mut hosts = Vec::new();
    for n in 0..7 {
        hosts.push(lab.create("hardware", json!({"name": format!("host-{n}")})).await);
        lab.create("vms", json!({"name": format!("vm-{n}"), "hardware_id": hosts[0]})).await;
    }
    let pool = lab.create("storage", json!({"name": "tank", "hardware_id": hosts[1]})).await;
    lab.create("shares", json!({"name": "media", "storage_id": pool})).await;
    for kind in ["hardware", "vms", "storage", "documents"] {
        for (offset, limit) in [(0, 3), (2, 3), (5, 3), (7, 3), (90, 3), (0, 0), (0, 7), (0, 90)] {
            let alone =
                lab.ask("inventory_list", json!({"type": kind, "offset": offset, "limit": limit})).await;
            let cut = json!({"type": kind, "offset": offset, "limit": limit, "sort": "id"});
            assert_eq!(alone, lab.ask("inventory_list", cut).await, "{kind} {offset} {limit}");
        }
    }
    // Going on where the last page ended, also when the row there is gone or another kind's.
    let first = lab.ask("inventory_list", json!({"type": "hardware", "limit": 3})).await;
    let next = json!({"type": "hardware", "limit": 3, "cursor": first["next_cursor"]});
    let ids = |list: &serde_json::Value| -> Vec<i64> {
        list["data"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&lab.ask("inventory_list", next.clone()).await), hosts[3..6]);
    lab.ask("inventory_delete", json!({"type": "hardware", "id": hosts[2], "confirm": true})).await;
    assert_eq!(ids(&lab.ask("inventory_list", next).await), hosts[3..6]);
    let foreign = json!({"type": "hardware", "limit": 3, "cursor": format!("after-4-{pool}")});
    assert_eq!(ids(&lab.ask("inventory_list", foreign).await), hosts[4..]);
}

/// A page reads of most rows only what it is sorted and filtered by; a list without a limit reads all of them.
#[tokio::test]
async fn a_page_that_is_sorted_or_filtered_is_the_one_of_the_whole_list() {
    let lab = Lab::new().await;
    let host =
        lab.create("hardware", json!({"name": "pve10", "ip_address": "10.0.0.10", "tags": ["prod"]})).await;
    let other = lab
        .create(
            "hardware",
            json!({"name": "pve2", "mac_address": "02:00:00:00:00:07", "custom": {"rack": 3}}),
        )
        .await;
    lab.create("hardware", json!({"name": "pve1", "os": "debian", "ip_address": "10.0.0.9, 10.0.1.9"})).await;
    for (name, on) in [("web", host), ("db", other), ("dns", host)] {
        lab.create("vms", json!({"name": name, "hardware_id": on, "cpu_cores": on, "tags": ["prod", name]}))
            .await;
    }
    let pool = lab.create("storage", json!({"name": "tank", "hardware_id": host})).await;
    lab.create("storage", json!({"name": "local", "hardware_id": other})).await;
    lab.create("shares", json!({"name": "media", "storage_id": pool})).await;
    let page = lab.create("documents", json!({"title": "Runbook", "content": "# Start"})).await;
    lab.create("documents", json!({"title": "Backups", "parent_id": page})).await;
    let seen = json!([
        {"id": host, "fields": {"os": "Proxmox VE 9", "ip_address": "10.0.0.77"}},
        {"id": other, "fields": {"os": "Proxmox VE 8", "ip_address": "10.0.0.2", "ram_gb": 64}},
    ]);
    lab.ask("inventory_observe", json!({"source": "proxmox:home", "sightings": seen})).await;
    let list = async |input: Value| lab.ask("inventory_list", input).await;
    for kind in ["hardware", "vms", "storage", "shares", "documents"] {
        let all = list(json!({"type": kind})).await;
        let rows = all["data"].as_array().unwrap();
        for name in rows[0].as_object().unwrap().keys().filter(|name| *name != "shares") {
            for sort in [name.clone(), format!("-{name}"), format!("{name},-id")] {
                let whole = list(json!({"type": kind, "sort": sort})).await;
                let one = list(json!({"type": kind, "sort": sort, "limit": 1, "offset": 1})).await;
                let expected: Vec<&Value> =
                    whole["data"].as_array().unwrap().iter().skip(1).take(1).collect();
                assert_eq!(
                    (&one["data"], &one["count"]),
                    (&json!(expected), &whole["count"]),
                    "{kind} by {sort}"
                );
            }
            for value in rows.iter().map(|row| &row[name]).chain([&json!(""), &Value::Null]) {
                let filter = json!({name: value});
                let whole = list(json!({"type": kind, "filter": filter})).await;
                let page = list(json!({"type": kind, "filter": filter, "limit": 90})).await;
                assert_eq!(page, whole, "{kind} with {filter}");
            }
        }
        for filter in [json!({"tag": "PROD"}), json!({"parent": host}), json!({"parent": page, "name": ""})] {
            let whole = list(json!({"type": kind, "filter": filter, "sort": "-id"})).await;
            let page = list(json!({"type": kind, "filter": filter, "sort": "-id", "limit": 90})).await;
            assert_eq!(page, whole, "{kind} with {filter}");
        }
    }
    let on_host = list(json!({"type": "vms", "filter": {"parent": host}, "sort": "-name", "limit": 1})).await;
    assert_eq!((&on_host["count"], &on_host["data"][0]["name"]), (&json!(2), &json!("web")));
    let by_address = list(json!({"type": "hardware", "sort": "ip_address", "limit": 1})).await;
    assert_eq!(by_address["data"][0]["name"], "pve2", "what was seen counts where nothing is said");
}

#[tokio::test]
async fn everything_of_a_bulk_happens_or_nothing_does() {
    let lab = Lab::new().await;
    let keep = lab.create("misc", json!({"name": "UPS"})).await;
    let before = lab.world().await;
    let fault = lab
        .refused("inventory_bulk", json!({
            "create": [{"type": "hardware", "data": {"name": "pve-01"}}, {"type": "apps", "data": {"name": "x", "port": 70_000}}],
            "update": [{"type": "misc", "id": 999, "data": {"name": "y"}}],
        }))
        .await;
    let rows = fault.details.unwrap()["rows"].clone();
    assert_eq!(
        (rows[0]["index"].as_u64(), rows[0]["field"].as_str(), rows[1]["list"].as_str()),
        (Some(1), Some("port"), Some("update"))
    );
    assert_eq!(lab.world().await, before);
    let done = lab
        .call(
            "inventory_bulk",
            json!({
                "create": [{"type": "hardware", "data": {"name": "pve-01"}}],
                "delete": [{"type": "misc", "id": keep}], "confirm": true,
            }),
        )
        .await
        .unwrap();
    assert_eq!(done.output["data"]["created"][0]["name"], "pve-01");
    lab.ask("change_undo", json!({"id": done.change_id})).await;
    assert_eq!(lab.world().await["items"], before["items"]);
}

#[tokio::test]
async fn impact_names_everything_that_would_break_and_the_way_there() {
    let lab = Lab::new().await;
    let nas = lab.create("hardware", json!({"name": "truenas"})).await;
    let pool = lab.create("storage", json!({"name": "tank", "hardware_id": nas})).await;
    let share = lab.create("shares", json!({"name": "media", "storage_id": pool})).await;
    let app = lab.create("apps", json!({"name": "Jellyfin"})).await;
    lab.ask("link_create", json!({"from": app, "to": share, "rel": "mounts"})).await;
    let impact = lab.ask("inventory_impact", json!({"id": nas})).await;
    assert_eq!(impact["count"], 3);
    let last = &impact["data"]["affected"][2];
    assert_eq!((last["name"].as_str(), last["depth"].as_u64()), (Some("Jellyfin"), Some(3)));
    let way: Vec<_> =
        last["path"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
    assert_eq!(way, ["tank", "media", "Jellyfin"]);
}

#[tokio::test]
async fn the_same_link_twice_a_link_to_itself_and_a_member_of_no_network_are_refused() {
    let lab = Lab::new().await;
    let a = lab.create("apps", json!({"name": "Immich"})).await;
    let b = lab.create("apps", json!({"name": "PostgreSQL"})).await;
    lab.ask("link_create", json!({"from": a, "to": b, "rel": "depends_on"})).await;
    let fault = lab.refused("link_create", json!({"from": a, "to": b, "rel": "depends_on"})).await;
    assert_eq!(fault.code.as_str(), "conflict");
    assert_eq!(
        lab.refused("link_create", json!({"from": a, "to": a, "rel": "depends_on"})).await.field.as_deref(),
        Some("to")
    );
    assert_eq!(
        lab.refused("link_create", json!({"from": a, "to": b, "rel": "member_of"})).await.field.as_deref(),
        Some("to")
    );
    let cables = [json!("port 1"), json!("port 2")];
    for label in &cables {
        lab.ask("link_create", json!({"from": a, "to": b, "rel": "connected_to", "label": label})).await;
    }
}

#[tokio::test]
async fn a_model_reads_no_hidden_characters() {
    let lab = Lab::new().await;
    let id = lab.create("misc", json!({"name": "UPS", "notes": "a\u{1b}[31mb\u{202e}c"})).await;
    let shown =
        lab.call_as(assistant("s"), "inventory_get", json!({"type": "misc", "id": id})).await.unwrap();
    let told = lab.keeper.for_model(&assistant("s"), shown.output).into_value();
    assert_eq!(
        told["data"]["notes"], "ab\\u{202e}c",
        "colours are left out, what turns text around is shown"
    );
    let person = lab.ask("inventory_get", json!({"type": "misc", "id": id})).await;
    assert_eq!(person["data"]["notes"], "a\u{1b}[31mb\u{202e}c");
}

#[tokio::test]
async fn two_entries_for_one_thing_become_one_with_everything_both_had() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let keep = lab.create("vms", json!({"name": "docker-01", "os": "Debian 13", "tags": ["prod"]})).await;
    let twin = lab
        .create("vms", json!({"name": "docker-01", "os": "linux", "ip_address": "10.0.0.5", "hardware_id": host, "tags": ["scan"]}))
        .await;
    let app = lab.create("apps", json!({"name": "Immich", "vm_id": twin})).await;
    lab.ask("inventory_observe", json!({"source": "scan:lan", "sightings": [{"id": twin, "identities": {"mac": "bc:24:11:00:00:01"}, "fields": {"hostname": "docker"}}]})).await;
    let before = lab.world().await;
    let fault = lab.refused("inventory_merge", json!({"keep": keep, "merge": twin})).await;
    assert_eq!(fault.details.unwrap()["plan"]["details"]["evidence"], json!(["same name docker-01"]));
    let merged =
        lab.call("inventory_merge", json!({"keep": keep, "merge": twin, "confirm": true})).await.unwrap();
    let row = &merged.output["data"];
    assert_eq!(
        (&row["os"], &row["ip_address"], &row["hardware_id"]),
        (&json!("Debian 13"), &json!("10.0.0.5"), &json!(host))
    );
    assert_eq!((&row["tags"], &row["hostname"]), (&json!(["prod", "scan"]), &json!("docker")));
    assert_eq!(
        lab.ask("inventory_get", json!({"type": "apps", "id": app})).await["data"]["vm_id"],
        json!(keep)
    );
    lab.ask("change_undo", json!({"id": merged.change_id})).await;
    assert_eq!(lab.world().await, before);
    assert_eq!(
        lab.refused("inventory_merge", json!({"keep": keep, "merge": host})).await.field.as_deref(),
        Some("merge")
    );
}
