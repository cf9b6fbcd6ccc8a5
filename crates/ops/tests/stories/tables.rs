//! Tables that people work in: one edit of many items, and views of lists that are kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::actor::{Actor, Role, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::principal::Principal;
use serde_json::{Value, json};

use crate::lab::Lab;

fn person(name: &str, role: Role) -> Actor {
    Actor {
        name: name.into(),
        principal: Principal::Person(name.into()),
        grant: role.grant(),
        ..Actor::local(Via::Rest)
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn one_edit_of_many_items_is_one_change_and_one_undo_takes_it_back() {
    let lab = Lab::new().await;
    let net = lab.create("networks", json!({"name": "servers"})).await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let dns = lab.create("vms", json!({"name": "dns", "tags": ["old", "prod"]})).await;
    let web = lab.create("vms", json!({"name": "web"})).await;
    let before = lab.world().await;
    let input = json!({
        "items": [{"id": dns, "rev": 1}, {"id": web, "rev": 1}], "set": {"os": "Debian 13", "hardware_id": host},
        "add_tags": ["prod", "core"], "remove_tags": ["OLD"], "join": [net],
    });

    let mut asked = input.clone();
    asked["dry_run"] = true.into();
    let plan = lab.ask("items_edit", asked).await["plan"]["details"].clone();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 2, "{plan}");
    let diff = plan["changes"][0]["diff"].as_array().unwrap();
    let of = |field: &str| diff.iter().find(|one| one["field"] == field).unwrap();
    assert_eq!(of("tags")["after"], json!(["prod", "core"]));
    assert_eq!(of("parent")["after"], "pve-01");
    assert_eq!(of("network")["after"], "servers");
    assert_eq!(lab.world().await, before, "a preview changes nothing");

    let answer = lab.call("items_edit", input.clone()).await.unwrap();
    assert_eq!(names(&answer.output["data"]["changed"]), ["dns", "web"]);
    let row = lab.ask("inventory_get", json!({"type": "vms", "id": dns})).await["data"].clone();
    assert_eq!((&row["os"], &row["hardware_id"]), (&json!("Debian 13"), &json!(host)));
    let members = lab.ask("network_members", json!({"id": net})).await;
    assert_eq!(members["data"].as_array().unwrap().len(), 2);
    assert_ne!(lab.world().await, before);

    lab.ask("change_undo", json!({"id": answer.change_id.unwrap(), "confirm": true})).await;
    let world = lab.world().await;
    assert_eq!(world["links"], before["links"]);
    let row = lab.ask("inventory_get", json!({"type": "vms", "id": dns})).await["data"].clone();
    assert_eq!((&row["os"], &row["tags"]), (&Value::Null, &json!(["old", "prod"])));
}

#[tokio::test]
async fn what_an_item_cannot_take_is_told_and_the_others_are_changed() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let dns = lab.create("vms", json!({"name": "dns"})).await;
    let web = lab.create("vms", json!({"name": "web", "ram_gb": 4})).await;
    let chosen = json!([{"id": dns, "rev": 7}, {"id": web, "rev": 1}, {"id": host}, {"id": 999}]);
    let done = lab.ask("items_edit", json!({"items": chosen, "set": {"vmid": 104}})).await["data"].clone();
    assert_eq!(names(&done["changed"]), ["web"]);
    let codes: Vec<(&Value, &Value)> =
        done["refused"].as_array().unwrap().iter().map(|one| (&one["id"], &one["code"])).collect();
    assert_eq!(
        codes,
        [
            (&json!(dns), &json!("stale_revision")),
            (&json!(host), &json!("unknown_field")),
            (&json!(999), &json!("not_found"))
        ]
    );
    let again = lab.call("items_edit", json!({"items": [{"id": web}], "set": {"vmid": 104}})).await.unwrap();
    assert_eq!(names(&again.output["data"]["unchanged"]), ["web"]);
    assert_eq!(again.change_id, None, "nothing changed, and the journal has nothing of it");

    let fault = lab.refused("items_edit", json!({"items": [{"id": dns}], "set": {"ram_gb": "much"}})).await;
    assert!(fault.message.contains("none of the items"), "{fault}");
    for wrong in [
        json!({"items": [{"id": dns}, {"id": dns}], "add_tags": ["x"]}),
        json!({"items": [{"id": dns}], "join": [9, 9]}),
        json!({"items": [{"id": dns}], "set": {"rev": 3}}),
        json!({"items": [{"id": dns}], "set": {"icon": "data:image/png;base64,AAAA"}}),
    ] {
        assert_eq!(lab.refused("items_edit", wrong).await.code, Code::Invalid);
    }
    let drawn = lab.ask("items_edit", json!({"items": [{"id": dns}], "set": {"icon": "si:debian"}})).await;
    assert_eq!(names(&drawn["data"]["changed"]), ["dns"], "an icon alone is a change too");
    assert_eq!(lab.refused("items_edit", json!({"items": [{"id": dns}]})).await.code, Code::Invalid);
}

#[tokio::test]
async fn nothing_is_put_on_itself_or_on_what_stands_on_it() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let vm = lab.create("vms", json!({"name": "docker", "hardware_id": host})).await;
    let inner = lab.create("apps", json!({"name": "wiki"})).await;
    let net = lab.create("networks", json!({"name": "lan"})).await;
    let done = lab
        .ask("items_edit", json!({"items": [{"id": inner}, {"id": net}], "join": [net], "add_tags": ["x"]}))
        .await["data"]
        .clone();
    assert_eq!((names(&done["changed"]), names(&done["refused"])), (vec!["wiki"], vec!["lan"]));
    let gone = lab.refused("items_edit", json!({"items": [{"id": vm}], "set": {"hardware_id": 999}})).await;
    assert!(gone.message.contains("there is no hardware 999"), "{gone}");
    let left = lab.ask("items_edit", json!({"items": [{"id": inner}], "leave": [net]})).await;
    assert_eq!(names(&left["data"]["changed"]), ["wiki"]);
    assert_eq!(lab.ask("network_members", json!({"id": net})).await["data"], json!([]));
}

#[tokio::test]
async fn a_view_is_its_owners_until_it_is_for_everyone() {
    let lab = Lab::new().await;
    let (anna, bert, guest) =
        (person("anna", Role::Editor), person("bert", Role::Admin), person("guest", Role::Viewer));
    let view = |more: Value| {
        let mut input = json!({
            "list": "vms", "name": "Prod", "query": "?tag=prod&sort=-ram_gb",
            "columns": [{"id": "name", "width": 300}, {"id": "os"}],
        });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let seen = async |who: &Actor| {
        let answer = lab.call_as(who.clone(), "view_list", json!({"list": "vms"})).await.unwrap();
        answer.output["data"].clone()
    };
    let saved = lab.call_as(anna.clone(), "view_save", view(json!({"opens": true}))).await.unwrap();
    let id = saved.output["data"]["id"].clone();
    let row = seen(&anna).await[0].clone();
    assert_eq!(row["query"], "tag=prod&sort=-ram_gb");
    assert_eq!(row["columns"], json!([{"id": "name", "width": 300}, {"id": "os"}]));
    assert_eq!((&row["opens"], &row["mine"]), (&json!(true), &json!(true)));
    assert_eq!(seen(&bert).await, json!([]));

    // Somebody who may only look keeps views too, and has no say in those of others.
    lab.call_as(guest.clone(), "view_save", view(json!({}))).await.unwrap();
    let shared = lab.call_as(guest.clone(), "view_save", view(json!({"name": "x", "everyone": true}))).await;
    assert_eq!(shared.unwrap_err().code, Code::Forbidden);
    let stolen = lab.call_as(guest.clone(), "view_delete", json!({"id": id})).await;
    assert_eq!(stolen.unwrap_err().code, Code::NotFound);

    lab.call_as(anna.clone(), "view_save", view(json!({"id": id, "name": "All prod", "everyone": true})))
        .await
        .unwrap();
    assert_eq!(names(&seen(&guest).await), ["All prod", "Prod"]);
    assert_eq!(seen(&guest).await[0]["mine"], json!(false));
    let stolen = lab.call_as(guest.clone(), "view_delete", json!({"id": id})).await;
    assert_eq!(stolen.unwrap_err().code, Code::Forbidden);
    let same = lab.call_as(anna.clone(), "view_save", view(json!({"name": "all PROD"}))).await;
    assert_eq!(same.unwrap_err().field.as_deref(), Some("name"));
    let other = person("carl", Role::Editor);
    let first = lab.call_as(other.clone(), "view_save", view(json!({"opens": true, "everyone": true}))).await;
    let id_of_first = first.unwrap().output["data"]["id"].clone();
    let rival = json!({"id": id, "name": "All prod", "everyone": true, "opens": true});
    let rival = lab.call_as(anna.clone(), "view_save", view(rival)).await.unwrap_err();
    assert_eq!((rival.code, rival.field.as_deref()), (Code::Forbidden, Some("opens")), "{rival}");
    lab.call_as(other.clone(), "view_delete", json!({"id": id_of_first})).await.unwrap();

    // A token that is named like a person is somebody else.
    let token = Actor { name: "carl".into(), principal: Principal::Token(1), ..person("carl", Role::Editor) };
    lab.call_as(other.clone(), "view_save", view(json!({"name": "Only mine"}))).await.unwrap();
    assert_eq!(names(&seen(&token).await), ["All prod"]);
    lab.call_as(token.clone(), "view_save", view(json!({"name": "Only mine"}))).await.unwrap();
    let owners = |views: Value| views.as_array().unwrap().iter().filter(|view| view["mine"] == true).count();
    assert_eq!((owners(seen(&other).await), owners(seen(&token).await)), (1, 1));

    let deleted = lab.call_as(bert, "view_delete", json!({"id": id})).await.unwrap();
    assert_eq!(seen(&anna).await, json!([]));
    let undo = json!({"id": deleted.change_id.unwrap(), "confirm": true});
    let stolen = lab.call_as(other, "change_undo", undo.clone()).await.unwrap_err();
    assert_eq!(stolen.code, Code::Forbidden, "{stolen}");
    lab.ask("change_undo", undo).await;
    assert_eq!(names(&seen(&anna).await), ["All prod"]);
}

#[tokio::test]
async fn what_a_token_kept_for_itself_goes_when_it_is_revoked() {
    let lab = Lab::new().await;
    let made =
        lab.ask("token_create", json!({"name": "script", "scope": "write"})).await["data"]["id"].clone();
    let token =
        Actor { principal: Principal::Token(made.as_i64().unwrap()), ..person("script", Role::Editor) };
    for (name, everyone) in [("Mine", false), ("Ours", true)] {
        let view = json!({"list": "vms", "name": name, "query": "", "everyone": everyone});
        lab.call_as(token.clone(), "view_save", view).await.unwrap();
    }
    let seen =
        async || lab.call_as(token.clone(), "view_list", json!({})).await.unwrap().output["data"].clone();
    assert_eq!(names(&seen().await), ["Mine", "Ours"]);
    lab.ask("token_revoke", json!({"id": made, "confirm": true})).await;
    assert_eq!(names(&seen().await), ["Ours"]);
}

#[tokio::test]
async fn a_view_that_was_changed_since_is_neither_saved_over_nor_forgotten() {
    let lab = Lab::new().await;
    let view = |more: Value| {
        let mut input = json!({"list": "vms", "name": "Prod"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let first = lab.ask("view_save", view(json!({}))).await["data"].clone();
    let id = &first["id"];
    let second =
        lab.ask("view_save", view(json!({"id": id, "rev": 1, "query": "tag=prod"}))).await["data"].clone();
    assert_eq!((&first["rev"], &second["rev"]), (&json!(1), &json!(2)));
    let same =
        lab.ask("view_save", view(json!({"id": id, "rev": 2, "query": "tag=prod"}))).await["data"].clone();
    for (name, input) in [
        ("view_save", view(json!({"id": id, "rev": 1, "query": "tag=old"}))),
        ("view_delete", json!({"id": id, "rev": 1})),
    ] {
        let stale = lab.refused(name, input).await;
        assert_eq!((stale.code, stale.field.as_deref()), (Code::StaleRevision, Some("rev")), "{name}");
        let details = stale.details.unwrap();
        assert_eq!(
            (&details["current"]["query"], &details["yours"]),
            (&json!("tag=prod"), &json!(1)),
            "{name}"
        );
    }
    let gone = json!({"id": id, "rev": same["rev"]});
    let deleted = lab.call("view_delete", gone).await.unwrap();
    lab.ask("change_undo", json!({"id": deleted.change_id.unwrap(), "confirm": true})).await;
    let back = lab.ask("view_list", json!({})).await["data"][0].clone();
    assert!(back["rev"].as_i64() > same["rev"].as_i64(), "what somebody read before is stale: {back}");
}

#[tokio::test]
async fn a_view_that_an_admin_takes_from_everyone_stays_its_owners_while_they_are_here() {
    let lab = Lab::new().await;
    let admin = person("anna", Role::Admin);
    let bert = person("bert", Role::Editor);
    let (password, role) = ("correct horse battery", "editor");
    lab.ask("user_create", json!({"name": "bert", "password": password, "role": role})).await;
    let view = |more: Value| {
        let mut input = json!({"list": "vms", "name": "Prod"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let save = async |who: &Actor, more: Value| {
        lab.call_as(who.clone(), "view_save", view(more)).await.unwrap().output["data"].clone()
    };
    let id = save(&bert, json!({"everyone": true})).await["id"].clone();
    assert_eq!(save(&admin, json!({"id": id})).await["owner"], "bert");
    let seen = async |who: &Actor| {
        lab.call_as(who.clone(), "view_list", json!({})).await.unwrap().output["count"].clone()
    };
    assert_eq!((seen(&bert).await, seen(&admin).await), (json!(1), json!(0)));

    save(&bert, json!({"id": id, "everyone": true})).await;
    lab.ask("user_delete", json!({"name": "bert", "confirm": true})).await;
    assert_eq!(save(&admin, json!({"id": id})).await["owner"], "anna");
    assert_eq!(seen(&admin).await, json!(1), "a view that nobody sees is nobody's");
}

#[tokio::test]
async fn one_view_opens_a_list() {
    let lab = Lab::new().await;
    for name in ["one", "two"] {
        lab.ask("view_save", json!({"list": "all", "name": name, "opens": true})).await;
    }
    let views = lab.ask("view_list", json!({})).await["data"].clone();
    let opens: Vec<(&Value, &Value)> =
        views.as_array().unwrap().iter().map(|view| (&view["name"], &view["opens"])).collect();
    assert_eq!(opens, [(&json!("one"), &json!(false)), (&json!("two"), &json!(true))]);
    for wrong in [json!({"list": "all", "name": "  "}), json!({"list": "../x", "name": "x"})] {
        assert_eq!(lab.refused("view_save", wrong).await.code, Code::Invalid);
    }
    assert_eq!(lab.refused("view_delete", json!({"id": 999})).await.code, Code::NotFound);
}

#[tokio::test]
async fn an_export_carries_views_and_an_import_brings_them_once() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "pve-01"})).await;
    let view = json!({"list": "hardware", "name": "Racks", "query": "tag=rack", "columns": [{"id": "name"}]});
    lab.ask("view_save", view).await;
    let file = lab.ask("inventory_export", json!({"format": "json"})).await["content"].clone();
    let content = STANDARD.encode(file.as_str().unwrap());

    let other = Lab::new().await;
    for _ in 0..2 {
        let input = json!({"content": content, "file_name": "labkeeper.json"});
        let preview = other.ask("import_preview", input).await;
        other.ask("import_apply", json!({"import_id": preview["data"]["import_id"]})).await;
    }
    let views = other.ask("view_list", json!({})).await["data"].clone();
    assert_eq!(names(&views), ["Racks"]);
    assert_eq!(views[0]["query"], "tag=rack");
    assert_eq!(views[0]["columns"], json!([{"id": "name"}]));
}

#[tokio::test]
async fn a_view_of_somebody_who_is_not_here_goes_to_who_imports_it_and_the_report_says_so() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "pve-01"})).await;
    let view = json!({"list": "hardware", "name": "Racks", "query": "tag=rack"});
    lab.call_as(person("bert", Role::Editor), "view_save", view).await.unwrap();
    let file = lab.ask("inventory_export", json!({"format": "json"})).await["content"].clone();
    let content = STANDARD.encode(file.as_str().unwrap());

    let (other, anna) = (Lab::new().await, person("anna", Role::Admin));
    let ask = async |name: &'static str, input: Value| {
        other.call_as(anna.clone(), name, input).await.unwrap().output["data"].clone()
    };
    for round in ["first", "again"] {
        let input = json!({"content": content, "file_name": "labkeeper.json"});
        let preview = ask("import_preview", input).await;
        let done = ask("import_apply", json!({"import_id": preview["import_id"]})).await;
        for report in [&preview, &done] {
            let said: Vec<&str> = report["problems"]
                .as_array()
                .unwrap()
                .iter()
                .map(|problem| problem["did"].as_str().unwrap())
                .collect();
            assert_eq!(said, [r#"given to anna as "Racks (bert)""#], "{round}: {report}");
        }
        assert_eq!(names(&ask("view_list", json!({})).await), ["Racks (bert)"], "{round}");
    }
}
