//! Bringing an inventory in and taking it out again.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::fault::Code;
use serde_json::{Value, json};

use crate::lab::{Lab, assistant, reader};

const DATABASE: &[u8] = include_bytes!("../../../../fixtures/hub-plus/hub.db");
const EXPORT: &[u8] = include_bytes!("../../../../fixtures/hub-plus/export.json");

impl Lab {
    async fn preview(&self, file: &[u8], name: &str) -> Value {
        let input = json!({"content": STANDARD.encode(file), "file_name": name});
        self.ask("import_preview", input).await["data"].clone()
    }

    async fn import(&self, file: &[u8], name: &str) -> Value {
        let preview = self.preview(file, name).await;
        self.ask("import_apply", json!({"import_id": preview["import_id"]})).await["data"].clone()
    }

    async fn replace(&self, file: &[u8], name: &str) -> Value {
        let preview = self.preview(file, name).await;
        let input = json!({
            "import_id": preview["import_id"], "mode": "replace", "confirm": true, "confirm_phrase": "replace everything",
        });
        self.ask("import_apply", input).await["data"].clone()
    }

    async fn export(&self, format: &str) -> String {
        let answer = self.ask("inventory_export", json!({"format": format})).await;
        answer["content"].as_str().unwrap().to_string()
    }

    /// Our export without the one line that moves.
    async fn state(&self) -> String {
        without_time(&self.export("json").await)
    }

    /// Child → parent, by kind and name.
    async fn parents(&self) -> BTreeMap<String, String> {
        let mut view = self.keeper.store().read().await.unwrap();
        let items = view.items(labkeeper_store::ItemFilter::All).await.unwrap();
        let name = |id: i64| {
            items.iter().find(|item| item.id == id).map(|item| format!("{} {}", item.kind.key(), item.name))
        };
        let parents = view.parents(None).await.unwrap();
        parents.into_iter().map(|(child, _, parent)| (name(child).unwrap(), name(parent).unwrap())).collect()
    }
}

fn without_time(export: &str) -> String {
    export.lines().filter(|line| !line.starts_with("\"exported_at\"")).collect::<Vec<_>>().join("\n")
}

/// Every row of the file is in the inventory or in the report.
fn assert_accounts_for_every_row(report: &Value) {
    let number = |value: &Value| value.as_u64().unwrap();
    assert_eq!(
        number(&report["rows_in"]),
        number(&report["rows_imported"]) + number(&report["rows_left_out"]),
        "{report}"
    );
    let told: u64 = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|problem| problem["rows_left_out"].as_u64())
        .sum();
    assert_eq!(number(&report["rows_left_out"]), told, "{report}");
    for (table, tally) in report["tables"].as_object().unwrap() {
        let parts: u64 = ["created", "updated", "unchanged", "kept", "left_out"]
            .iter()
            .map(|part| number(&tally[*part]))
            .sum();
        assert_eq!(number(&tally["rows"]), parts, "{table}: {tally}");
    }
}

/// What the source database says stands on what, asked of SQLite itself.
fn parents_in_source() -> BTreeMap<String, String> {
    let script = r"
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1]); out = {}
for child, column, parent in (('vms','hardware_id','hardware'),('apps','hardware_id','hardware'),('apps','vm_id','vms'),
        ('storage','hardware_id','hardware'),('storage','vm_id','vms'),('shares','storage_id','storage'),
        ('documents','parent_id','documents')):
    key = 'title' if child == 'documents' else 'name'
    for a, b in db.execute(f'SELECT c.{key}, p.{key} FROM {child} c JOIN {parent} p ON p.id = c.{column}'):
        out[f'{child} {a}'] = f'{parent} {b}'
print(json.dumps(out))";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/hub-plus/hub.db");
    let answer = std::process::Command::new("python3").args(["-c", script, path]).output().unwrap();
    serde_json::from_slice(&answer.stdout).unwrap()
}

#[tokio::test]
async fn the_predecessors_database_arrives_whole_with_every_parent_right() {
    let lab = Lab::new().await;
    let report = lab.import(DATABASE, "hub.db").await;
    assert_accounts_for_every_row(&report);
    assert_eq!((&report["rows_in"], &report["rows_left_out"]), (&json!(108), &json!(0)));
    let counts = &report["counts"];
    assert_eq!((&counts["members"], &counts["layout"], &counts["edges"]), (&json!(5), &json!(44), &json!(3)));
    let world = lab.world().await;
    assert_eq!(world["items"].as_array().unwrap().len(), 56);
    assert_eq!(world["positions"].as_array().unwrap().len(), 44);
    let parents = lab.parents().await;
    assert_eq!(parents.len(), 30);
    assert_eq!(parents, parents_in_source());
    let items = world["items"].as_array().unwrap();
    let named = |name: &str| items.iter().find(|item| item["name"] == name).unwrap();
    assert_eq!(named("UPS APC SMT1500")["fields"]["custom"]["nut_port"], 3493);
    assert!(named("Immich")["fields"]["icon"].as_str().unwrap().starts_with("/api/icons/"));
    assert_eq!(
        labkeeper_core::stamp::Stamp(named("Jellyfin")["created_at"].as_i64().unwrap()).text(),
        "2026-11-21T23:02:24.323367"
    );
    let offers: Vec<&str> = report["suggestions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|offer| offer["name"].as_str().unwrap())
        .collect();
    assert_eq!(offers, ["lxc-adguard", "lxc-postgres"]);
}

#[tokio::test]
async fn importing_the_same_file_again_changes_nothing_and_says_so_in_the_same_words() {
    for (file, name) in [(DATABASE, "hub.db"), (EXPORT, "export.json")] {
        let lab = Lab::new().await;
        lab.import(file, name).await;
        let world = lab.world().await;
        let second = lab.import(file, name).await;
        assert_eq!(
            (&second["nothing_to_do"], &second["creates"], &second["updates"]),
            (&json!(true), &json!([]), &json!([]))
        );
        assert_eq!(second["unchanged"], second["rows_in"]);
        assert_eq!(lab.import(file, name).await, second);
        assert_eq!(lab.world().await, world);
        assert_eq!(
            lab.ask("changes_list", json!({})).await["count"],
            1,
            "an import that changes nothing leaves no change"
        );
    }
}

#[tokio::test]
async fn an_export_imported_into_an_empty_hub_exports_the_same_bytes() {
    let first = Lab::new().await;
    first.import(DATABASE, "hub.db").await;
    let id = first
        .create(
            "containers",
            json!({"name": "ct", "notes": "", "tags": ["z", "a"], "custom": {"b": {"y": 1, "x": 0.1}}}),
        )
        .await;
    first
        .ask(
            "inventory_observe",
            json!({"source": "proxmox:home", "sightings": [
                {"id": id, "fields": {"os": "Debian 13"}, "identities": {"pve": "home/105"}},
            ]}),
        )
        .await;
    let export = first.export("json").await;
    let second = Lab::new().await;
    let report = second.import(export.as_bytes(), "labkeeper.json").await;
    assert_accounts_for_every_row(&report);
    assert_eq!(report["problems"], json!([]));
    assert_eq!(second.state().await, without_time(&export));
    assert_eq!(second.import(export.as_bytes(), "labkeeper.json").await["nothing_to_do"], true);
}

#[tokio::test]
async fn a_note_about_what_is_gone_leaves_and_arrives_without_a_word() {
    let lab = Lab::new().await;
    let (nas, ups) = (
        lab.create("hardware", json!({"name": "nas"})).await,
        lab.create("misc", json!({"name": "ups"})).await,
    );
    lab.ask("memory_add", json!({"text": "nas before ups", "links": [nas, ups]})).await;
    lab.ask("inventory_delete", json!({"type": "hardware", "id": nas, "confirm": true})).await;
    let export = lab.export("json").await;
    let here = lab.preview(export.as_bytes(), "export.json").await;
    assert_eq!((&here["nothing_to_do"], &here["problems"]), (&json!(true), &json!([])));
    let elsewhere = Lab::new().await;
    assert_eq!(elsewhere.import(export.as_bytes(), "export.json").await["problems"], json!([]));
    assert_eq!(without_time(&elsewhere.export("json").await), without_time(&export));
}

#[tokio::test]
async fn an_import_is_one_change_that_can_be_taken_back() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "mine"})).await;
    let before = lab.world().await;
    let preview = lab.preview(DATABASE, "hub.db").await;
    assert_eq!(lab.world().await, before, "a preview touches nothing");
    let answer = lab.call("import_apply", json!({"import_id": preview["import_id"]})).await.unwrap();
    lab.ask("change_undo", json!({"id": answer.change_id, "confirm": true})).await;
    assert_eq!(lab.world().await, before);
}

#[tokio::test]
async fn replacing_needs_the_phrase_and_leaves_a_safety_copy_that_brings_everything_back() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01", "ram_gb": 64})).await;
    lab.create("vms", json!({"name": "only here", "hardware_id": host})).await;
    let (before, world) = (lab.state().await, lab.world().await);
    let preview = lab.preview(DATABASE, "hub.db").await;
    for phrase in [json!(null), json!("replace"), json!("yes")] {
        let input = json!({"import_id": preview["import_id"], "mode": "replace", "confirm": true, "confirm_phrase": phrase});
        let fault = lab.refused("import_apply", input).await;
        assert_eq!((fault.code, fault.field.as_deref()), (Code::ConfirmRequired, Some("confirm_phrase")));
    }
    let unconfirmed =
        json!({"import_id": preview["import_id"], "mode": "replace", "confirm_phrase": "replace everything"});
    assert_eq!(lab.refused("import_apply", unconfirmed).await.code, Code::ConfirmRequired);
    assert_eq!(lab.world().await, world);

    let report = lab.replace(DATABASE, "hub.db").await;
    assert_eq!((&report["deletes"], report["creates"].as_array().unwrap().len()), (&json!(2), 56));
    assert_eq!(lab.world().await["items"].as_array().unwrap().len(), 56);

    let copy = report["safety_copy"].as_str().unwrap();
    let again = lab.ask("import_preview", json!({"safety_copy": copy})).await;
    let input = json!({
        "import_id": again["data"]["import_id"], "mode": "replace", "confirm": true, "confirm_phrase": "replace everything",
    });
    lab.ask("import_apply", input).await;
    assert_eq!(lab.state().await, before);
    assert_eq!(lab.world().await["items"][0]["id"], host, "the very same items come back under their ids");
    let nowhere = lab.refused("import_preview", json!({"safety_copy": "../lab.db"})).await;
    assert_eq!(nowhere.code, Code::NotFound);
}

#[tokio::test]
async fn the_predecessors_import_replaces_but_never_by_nothing() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "mine"})).await;
    let world = lab.world().await;
    for rubbish in [
        json!({}),
        json!([]),
        json!(null),
        json!("x"),
        json!({"hardware": []}),
        json!({"foo": [1]}),
        json!({"vms": [1, 2]}),
    ] {
        let fault = lab.refused("inventory_import", json!({"inventory": rubbish, "confirm": true})).await;
        assert_eq!(fault.code, Code::Invalid, "{rubbish}");
        assert!(fault.message.len() > 20 && !fault.message.contains("panick"), "{fault}");
    }
    assert_eq!(lab.world().await, world);
    let inventory: Value = serde_json::from_slice(EXPORT).unwrap();
    let answer = lab.ask("inventory_import", json!({"inventory": inventory, "confirm": true})).await;
    assert_eq!(answer["message"], "Database imported successfully");
    assert!(answer["safety_copy"].is_string());
    assert_accounts_for_every_row(&answer);
    assert_eq!(lab.parents().await.len(), 30);
}

#[tokio::test]
async fn the_predecessors_export_comes_out_in_its_own_shape() {
    let lab = Lab::new().await;
    lab.import(EXPORT, "export.json").await;
    let ours: Value = serde_json::from_str(&lab.export("hub").await).unwrap();
    let theirs: Value = serde_json::from_slice(EXPORT).unwrap();
    for (table, rows) in theirs.as_object().unwrap() {
        let mine = ours[table].as_array().unwrap();
        assert_eq!(mine.len(), rows.as_array().unwrap().len(), "{table}");
        let mut columns: Vec<&String> = mine[0].as_object().unwrap().keys().collect();
        let mut expected: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
        columns.sort();
        expected.sort();
        assert_eq!(columns, expected, "{table}");
    }
    assert_eq!(ours["storage"][0]["shares"].as_array().unwrap().len(), 3);
    let back = Lab::new().await;
    back.import(ours.to_string().as_bytes(), "back.json").await;
    assert_eq!(back.parents().await, lab.parents().await);
}

#[tokio::test]
async fn what_is_no_inventory_is_refused_with_words() {
    let lab = Lab::new().await;
    let cases: [(&[u8], &str, &str); 12] = [
        (b" ", "a.json", "blanks"),
        (b"{}", "a.json", "empty JSON object"),
        (b"[]", "a.json", "JSON list"),
        (b"null", "a.json", "null"),
        (b"{\"hardware\": [", "a.json", "is not"),
        (b"{\"pets\": [1]}", "a.json", "pets"),
        (b"{\"hardware\": [], \"vms\": []}", "a.json", "no items"),
        (b"SQLite format 3\0 and no more", "a.db", "damaged"),
        (b"PK\x03\x04....", "a.zip", "ZIP"),
        (b"hello world", "a.txt", "column \"name\""),
        (b"name,os\nx,y\n", "stuff.csv", "type"),
        (b"{\"format\": \"labkeeper.export\", \"version\": 9, \"items\": []}", "a.json", "version 9"),
    ];
    for (file, name, word) in cases {
        let fault =
            lab.refused("import_preview", json!({"content": STANDARD.encode(file), "file_name": name})).await;
        assert_eq!(fault.code, Code::Invalid, "{name}");
        assert!(fault.message.contains(word), "{name}: {}", fault.message);
    }
    let other = tempfile::tempdir().unwrap();
    let alien = other.path().join("music.db");
    let made = std::process::Command::new("python3")
        .args(["-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('create table songs(a)'); c.commit()"])
        .arg(&alien)
        .status();
    assert!(made.unwrap().success());
    let fault = lab
        .refused("import_preview", json!({"content": STANDARD.encode(std::fs::read(alien).unwrap())}))
        .await;
    assert!(fault.message.contains("songs"), "{fault}");
}

#[tokio::test]
async fn an_upload_waits_a_day_and_survives_a_restart() {
    let lab = Lab::new().await;
    let preview = lab.preview(EXPORT, "export.json").await;
    let parts = std::fs::read_dir(lab.dir.path().join("imports")).unwrap().count();
    assert_eq!(parts, 2);
    lab.clock.advance(std::time::Duration::from_secs(23 * 3600));
    lab.ask("import_apply", json!({"import_id": preview["import_id"], "dry_run": true})).await;
    lab.clock.advance(std::time::Duration::from_secs(2 * 3600));
    let late = lab.refused("import_apply", json!({"import_id": preview["import_id"]})).await;
    assert_eq!((late.code, late.field.as_deref()), (Code::NotFound, Some("import_id")));
    assert_eq!(
        lab.refused("import_apply", json!({"import_id": "../../etc/passwd"})).await.code,
        Code::NotFound
    );
    lab.preview(b"name\nx\n", "vms.csv").await;
    assert_eq!(
        std::fs::read_dir(lab.dir.path().join("imports")).unwrap().count(),
        2,
        "the old one was swept away"
    );
}

#[tokio::test]
async fn only_admins_import_and_models_do_not() {
    let lab = Lab::new().await;
    for actor in [reader(), assistant("s")] {
        let fault = lab.call_as(actor, "import_preview", json!({})).await.unwrap_err();
        assert_eq!(fault.code, Code::NotFound);
    }
    let tools = lab.keeper.registry().iter().filter(|entry| entry.meta.tool).map(|entry| entry.meta.name);
    assert!(
        tools.filter(|name| name.starts_with("import_") || name.contains("inventory_import")).count() == 0
    );
}

#[tokio::test]
async fn ten_thousand_rows_arrive_and_leave() {
    let lab = Lab::new().await;
    let hosts: Vec<Value> = (1..=2_000).map(|n| json!({"id": n, "name": format!("host {n}"), "ip_address": format!("10.0.{}.{}", n / 250, n % 250)})).collect();
    let guests: Vec<Value> = (1..=8_000)
        .map(|n| json!({"id": n, "name": format!("vm {n}"), "hardware_id": n % 2_000 + 1}))
        .collect();
    let file = json!({"hardware": hosts, "vms": guests}).to_string();
    let report = lab.import(file.as_bytes(), "large.json").await;
    assert_accounts_for_every_row(&report);
    assert_eq!(report["creates"].as_array().unwrap().len(), 10_000);
    assert_eq!(lab.parents().await.len(), 8_000);
    assert_eq!(lab.import(file.as_bytes(), "large.json").await["nothing_to_do"], true);
}
