//! The predecessor's shapes hold for every kind, and writes are safe.

use serde_json::{Value, json};

use crate::hub::Hub;

#[tokio::test]
async fn every_kind_is_listed_created_read_changed_and_deleted_in_the_same_shapes() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "pve1"})).await["id"].clone();
    let pool = hub.make("storage", json!({"name": "tank"})).await["id"].clone();
    let parent = |kind: &str| match kind {
        "vms" | "containers" => json!({"hardware_id": host}),
        "shares" => json!({"storage_id": pool}),
        _ => json!({}),
    };
    for kind in [
        "hardware",
        "vms",
        "containers",
        "apps",
        "storage",
        "shares",
        "networks",
        "misc",
        "documents",
        "docs",
    ] {
        let (name, list, one) =
            (if kind.starts_with("doc") { "title" } else { "name" }, format!("/api/{kind}"), |id: &Value| {
                format!("/api/{kind}/{id}")
            });
        let before = hub.get(&list).send().await.json()["count"].as_u64().unwrap();

        let mut body = parent(kind);
        body[name] = "first".into();
        body["nonsense"] = "kept".into();
        let created = hub.post(&list, body).send().await;
        assert_eq!(created.status, 201, "{kind}: {}", created.text());
        assert!(created.header("x-change-id").parse::<i64>().is_ok(), "{kind}");
        let row = created.json()["data"].clone();
        assert_eq!(row[name], "first");
        assert_eq!(row["custom"]["nonsense"], "kept", "{kind}");
        assert_eq!(row["created_at"], "2026-11-22T00:00:00");
        let id = &row["id"];

        let listed = hub.get(&list).send().await.json();
        assert_eq!(listed["count"], before + 1, "{kind}");
        assert!(listed["data"].as_array().unwrap().iter().any(|other| other["id"] == *id), "{kind}");
        assert_eq!(hub.get(&one(id)).send().await.json()["data"][name], "first");

        assert_eq!(created.json()["change_id"].to_string(), created.header("x-change-id"), "{kind}");

        let put = hub.put(&one(id), json!({name: "second"})).send().await;
        assert_eq!(put.json()["change_id"].to_string(), put.header("x-change-id"), "{kind}");
        let same = hub.put(&one(id), json!({name: "second"})).send().await;
        assert_eq!(
            (same.json()["change_id"].clone(), same.header("x-change-id")),
            (json!(null), ""),
            "{kind}"
        );
        assert_eq!((put.status.as_u16(), put.json()["data"][name].clone()), (200, json!("second")), "{kind}");
        let patched = hub.ask("PATCH", &one(id)).json(json!({"tags": ["a"]})).send().await.json();
        assert_eq!(
            (&patched["data"][name], &patched["data"]["tags"]),
            (&json!("second"), &json!(["a"])),
            "{kind}"
        );

        let deleted = hub.ask("DELETE", &one(id)).send().await;
        assert_eq!(deleted.status, 200, "{kind}: {}", deleted.text());
        assert_eq!(deleted.json()["message"], "Deleted");
        assert_eq!(deleted.json()["change_id"].to_string(), deleted.header("x-change-id"), "{kind}");
        hub.get(&one(id)).send().await.fails(404, "not_found");
    }
}

#[tokio::test]
async fn patch_merges_what_has_members_and_put_sets_it() {
    let hub = Hub::open().await;
    let row = hub
        .make("misc", json!({"name": "ups", "custom": {"rack": {"unit": 4, "side": "left"}, "va": 1500}}))
        .await;
    let path = format!("/api/misc/{}", row["id"]);
    let patch = json!({"custom": {"rack": {"unit": 5}, "va": null, "phase": 1}});
    let patched = hub.ask("PATCH", &path).json(patch).header("content-type", "application/merge-patch+json");
    let custom = patched.send().await.json()["data"]["custom"].clone();
    assert_eq!(custom, json!({"rack": {"unit": 5, "side": "left"}, "phase": 1}));
    let put = hub.put(&path, json!({"custom": {"va": 750}})).send().await.json();
    assert_eq!(put["data"]["custom"], json!({"va": 750}));
}

#[tokio::test]
async fn links_beside_a_row_are_shown_as_everywhere_else() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "pve1"})).await["id"].clone();
    let vm = hub.make("vms", json!({"name": "docker", "hardware_id": host})).await["id"].clone();
    let list = hub.get("/api/vms?include=links&fields=name").send().await.json();
    let link = &list["data"][0]["links"][0];
    assert_eq!((&link["from"]["id"], &link["to"]["id"], &link["rel"]), (&vm, &host, &json!("parent")));
    assert_eq!(link["to"]["name"], "pve1");
}

#[tokio::test]
async fn a_row_sent_back_as_it_was_read_changes_nothing() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "pve1", "ip_address": "10.0.0.1, 10.0.0.2"})).await;
    let vm = hub.make("vms", json!({"name": "docker", "hardware_id": host["id"]})).await;
    hub.make("containers", json!({"name": "dns", "hardware_id": host["id"]})).await;
    hub.make("apps", json!({"name": "gitea", "vm_id": vm["id"], "https": true})).await;
    let pool = hub.make("storage", json!({"name": "tank", "hardware_id": host["id"]})).await;
    hub.make("shares", json!({"name": "media", "storage_id": pool["id"]})).await;
    for kind in ["hardware", "vms", "containers", "apps", "storage", "shares"] {
        let list = hub.get(&format!("/api/{kind}?include=links,drift")).send().await.json();
        let listed = list["data"][0].clone();
        let path = format!("/api/{kind}/{}", listed["id"]);
        let read = hub.get(&path).send().await.json()["data"].clone();
        for row in [listed, read] {
            let told = hub.put(&path, row).send().await.json();
            assert_eq!(told["change_id"], json!(null), "{kind}: {told}");
        }
    }
}

#[tokio::test]
async fn an_item_is_shown_with_what_stands_on_it_and_a_guest_with_its_host() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "pve1"})).await["id"].clone();
    let of = |name: &str| json!({"name": name, "hardware_id": host});
    let (vm, container) = (hub.make("vms", of("web")).await, hub.make("containers", of("dns")).await);
    let stray = hub.make("vms", json!({"name": "stray"})).await;
    hub.make("apps", json!({"name": "wiki", "vm_id": vm["id"]})).await;
    let shown = async |path: String| hub.get(&path).send().await.json()["data"].clone();

    let machine = shown(format!("/api/hardware/{host}")).await;
    assert_eq!(
        (&machine["vms"][0]["name"], &machine["containers"][0]["name"]),
        (&json!("web"), &json!("dns"))
    );
    assert_eq!((&machine["apps"], &machine["storage_pools"]), (&json!([]), &json!([])));
    let web = shown(format!("/api/vms/{}", vm["id"])).await;
    assert_eq!((&web["hardware_name"], &web["apps"][0]["name"]), (&json!("pve1"), &json!("wiki")));
    assert_eq!(shown(format!("/api/containers/{}", container["id"])).await["hardware_name"], "pve1");
    assert_eq!(shown(format!("/api/vms/{}", stray["id"])).await.get("hardware_name"), None);
}

#[tokio::test]
async fn a_pool_is_never_shown_without_its_shares() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "nas"})).await["id"].clone();
    let pool = hub.make("storage", json!({"name": "tank", "hardware_id": host})).await;
    assert_eq!(pool["shares"], json!([]));
    hub.make("storage", json!({"name": "fast"})).await;
    let share = hub.make("shares", json!({"name": "media", "storage_id": pool["id"]})).await;
    let list = hub.get("/api/storage").send().await.json();
    assert_eq!((&list["data"][0]["shares"], &list["data"][1]["shares"]), (&json!([share]), &json!([])));
    let path = format!("/api/storage/{}", pool["id"]);
    assert_eq!(hub.get(&path).send().await.json()["data"]["shares"], json!([share]));
    let put = hub.put(&path, json!({"filesystem": "ZFS"})).send().await.json();
    assert_eq!(put["data"]["shares"], json!([share]));
    let host = hub.get(&format!("/api/hardware/{host}")).send().await.json();
    assert_eq!(host["data"]["storage_pools"][0]["shares"], json!([share]));
}

#[tokio::test]
async fn no_row_is_left_out_between_pages_whatever_came_and_went_meanwhile() {
    let hub = Hub::open().await;
    for name in ["b", "d", "f"] {
        hub.make("misc", json!({"name": name})).await;
    }
    let first = hub.get("/api/misc?sort=name&limit=2").send().await.json();
    let next = format!("/api/misc?sort=name&limit=2&cursor={}", first["next_cursor"].as_str().unwrap());
    let names = async || -> Vec<String> {
        let page = hub.get(&next).send().await.json();
        page["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().into()).collect()
    };
    let last = first["data"][1]["id"].clone();
    let deleted = hub.ask("DELETE", &format!("/api/misc/{last}")).send().await.json();
    assert_eq!(names().await, ["f"]);
    hub.post(&format!("/api/changes/{}/revert", deleted["change_id"]), json!({})).send().await;
    hub.make("misc", json!({"name": "a"})).await;
    assert_eq!(names().await, ["f"]);
    hub.get("/api/misc?cursor=after-2").send().await.fails(400, "invalid");
}

#[tokio::test]
async fn a_stale_write_is_refused_with_both_versions() {
    let hub = Hub::open().await;
    let row = hub.make("hardware", json!({"name": "nas", "cpu_cores": 4})).await;
    let path = format!("/api/hardware/{}", row["id"]);
    let rev = format!("\"{}\"", row["rev"]);
    let first = hub.put(&path, json!({"cpu_cores": 8})).header("if-match", &rev).send().await;
    assert_eq!(first.status, 200, "{}", first.text());

    let stale = hub.put(&path, json!({"cpu_cores": 16})).header("if-match", &rev).send().await;
    let body = stale.fails(409, "stale_revision");
    assert_eq!(body["details"]["current"]["cpu_cores"], 8);
    assert_eq!(body["details"]["yours"], row["rev"]);
    assert_eq!(hub.get(&path).send().await.json()["data"]["cpu_cores"], 8);

    let in_body = hub.put(&path, json!({"cpu_cores": 16, "rev": row["rev"]})).send().await;
    in_body.fails(409, "stale_revision");
    let wrong = hub.put(&path, json!({"cpu_cores": 16})).header("if-match", "\"seven\"").send().await;
    assert_eq!(wrong.fails(400, "invalid")["field"], "rev");
    for rev in [json!("1"), json!("seven"), json!(0), json!(1.5)] {
        let told = hub.put(&path, json!({"cpu_cores": 16, "rev": rev})).send().await;
        assert!(told.status.is_client_error(), "{rev}: {}", told.text());
    }
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let hub = Hub::open().await;
    hub.make("apps", json!({"name": "gitea"})).await;
    let first = hub.get("/api/apps").send().await;
    let tag = first.header("etag").to_string();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = hub.get("/api/apps").header("if-none-match", &tag).send().await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), tag);

    hub.make("apps", json!({"name": "grafana"})).await;
    let newer = hub.get("/api/apps").header("if-none-match", &tag).send().await;
    assert_eq!((newer.status.as_u16(), newer.json()["count"].clone()), (200, json!(2)));
    let other_question =
        hub.get("/api/apps?limit=1").header("if-none-match", newer.header("etag")).send().await;
    assert_eq!(other_question.status, 200);
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged_by_the_address() {
    let hub = Hub::open().await;
    for (name, os) in [("vm10", "debian 12"), ("vm2", "debian 13"), ("vm1", "alpine")] {
        let host = hub.make("hardware", json!({"name": format!("host of {name}")})).await;
        hub.make("vms", json!({"name": name, "os": os, "hardware_id": host["id"], "tags": ["prod"]})).await;
    }
    let names = |told: &crate::hub::Told| -> Vec<String> {
        told.json()["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_string())
            .collect()
    };
    assert_eq!(names(&hub.get("/api/vms?sort=name").send().await), ["vm1", "vm2", "vm10"]);
    let page = hub.get("/api/vms?sort=-name&limit=1&offset=1&os=debian&tag=prod").send().await;
    assert_eq!((names(&page), page.json()["count"].clone()), (vec!["vm2".to_string()], json!(2)));
    let slim = hub.get("/api/vms?fields=name").send().await.json();
    assert_eq!(slim["data"][0].as_object().unwrap().len(), 2);
    assert_eq!(hub.get("/api/vms?limit=ten").send().await.fails(400, "invalid")["field"], "limit");
    hub.get("/api/vms?oss=debian").send().await.fails(400, "invalid");
}

#[tokio::test]
async fn a_thing_that_others_stand_on_goes_only_when_told_how() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "pve1"})).await["id"].clone();
    let vm = hub.make("vms", json!({"name": "docker", "hardware_id": host})).await["id"].clone();
    let path = format!("/api/hardware/{host}");
    let refused = hub.ask("DELETE", &path).send().await;
    let body = refused.fails(409, "has_dependants");
    assert_eq!(body["details"]["dependants"][0]["id"], vm);
    assert_eq!(hub.get(&path).send().await.status, 200);

    let planned = hub.ask("DELETE", &format!("{path}?cascade=delete&dry_run=true")).send().await;
    assert_eq!(planned.status, 200, "{}", planned.text());
    assert!(planned.json()["plan"]["summary"].is_string());
    assert_eq!(hub.get(&path).send().await.status, 200);

    let gone = hub.ask("DELETE", &format!("{path}?cascade=detach")).send().await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(hub.get(&format!("/api/vms/{vm}")).send().await.json()["data"]["hardware_id"], Value::Null);
}

#[tokio::test]
async fn an_untitled_page_comes_of_nothing_and_pages_move() {
    let hub = Hub::open().await;
    let page = hub.make("docs", json!({})).await;
    assert_eq!(page["title"], "Untitled");
    let chapter = hub.make("documents", json!({"title": "Network"})).await["id"].clone();
    let moved = hub
        .ask("PATCH", &format!("/api/docs/{}/move", page["id"]))
        .json(json!({"parent_id": chapter}))
        .send()
        .await;
    assert_eq!(moved.status, 200, "{}", moved.text());
    assert_eq!(moved.json()["data"]["parent_id"], chapter);
    let circle = hub
        .ask("PATCH", &format!("/api/docs/{chapter}/move"))
        .json(json!({"parent_id": page["id"]}))
        .send()
        .await;
    circle.fails(400, "invalid");
}

#[tokio::test]
async fn views_of_lists_are_kept_and_changed_over_http() {
    let hub = Hub::open().await;
    let draft = json!({"list": "vms", "name": "Prod", "query": "tag=prod"});
    let made = hub.post("/api/views", draft.clone()).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["data"]["id"].clone();
    let renamed = json!({"list": "vms", "name": "Production", "query": "tag=prod", "opens": true});
    let saved = hub.put(&format!("/api/views/{id}"), renamed).send().await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let address = format!("/api/views/{id}");
    let first = ("if-match", "\"1\"");
    hub.put(&address, draft.clone()).header(first.0, first.1).send().await.fails(409, "stale_revision");
    hub.ask("DELETE", &address).header(first.0, first.1).send().await.fails(409, "stale_revision");
    let listed = hub.get("/api/views?list=vms").send().await.json();
    assert_eq!((&listed["count"], &listed["data"][0]["name"]), (&json!(1), &json!("Production")));
    assert_eq!(hub.get("/api/views?list=hardware").send().await.json()["count"], 0);
    hub.post("/api/views", json!({"list": "vms", "name": "production"})).send().await.fails(409, "conflict");
    assert_eq!(hub.ask("DELETE", &format!("/api/views/{id}")).send().await.status, 200);
    assert_eq!(hub.get("/api/views").send().await.json()["data"], json!([]));
}

#[tokio::test]
async fn many_items_are_edited_in_one_request() {
    let hub = Hub::open().await;
    let mut items = Vec::new();
    for name in ["dns", "web"] {
        let row = hub.post("/api/vms", json!({"name": name})).send().await.json()["data"].clone();
        items.push(json!({"id": row["id"], "rev": row["rev"]}));
    }
    let edit = json!({"items": items, "add_tags": ["prod"], "set": {"os": "Debian"}});
    let mut asked = edit.clone();
    asked["dry_run"] = true.into();
    let plan = hub.post("/api/bulk/edit", asked).send().await.json()["plan"]["details"].clone();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 2, "{plan}");
    let done = hub.post("/api/bulk/edit", edit.clone()).send().await;
    assert_eq!(done.json()["data"]["changed"].as_array().unwrap().len(), 2);
    let change = done.header("x-change-id").to_string();
    let stale = hub.post("/api/bulk/edit", edit).send().await;
    assert_eq!(stale.json()["details"]["refused"][0]["code"], "stale_revision", "{}", stale.text());
    let undone = hub.post(&format!("/api/changes/{change}/revert"), json!({})).send().await;
    assert_eq!(undone.status, 200, "{}", undone.text());
    let row = hub.get(&format!("/api/vms/{}", items[0]["id"])).send().await.json()["data"].clone();
    assert_eq!((&row["tags"], &row["os"]), (&json!([]), &json!(null)));
}
