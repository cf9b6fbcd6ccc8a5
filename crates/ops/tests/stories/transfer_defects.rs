//! The predecessor's database files as they are found: of any age, with rows that point nowhere, or cut off.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::Code;
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};

use crate::lab::Lab;

const OLD: &str = include_str!("../../../../fixtures/import-defects/old-upstream.sql");
const DANGLING: &str = include_str!("../../../../fixtures/import-defects/dangling.sql");
const WHOLE: &[u8] = include_bytes!("../../../../fixtures/hub-plus/hub.db");

/// A database file made by SQLite itself.
fn database(sql: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.db");
    let script =
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
    let made =
        std::process::Command::new("python3").args(["-c", script]).arg(&path).arg(sql).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read(path).unwrap()
}

async fn import(lab: &Lab, file: &[u8]) -> Value {
    let preview =
        lab.ask("import_preview", json!({"content": STANDARD.encode(file), "file_name": "hub.db"})).await;
    let report =
        lab.ask("import_apply", json!({"import_id": preview["data"]["import_id"]})).await["data"].clone();
    for part in ["rows_in", "rows_left_out", "problems", "creates"] {
        assert_eq!(report[part], preview["data"][part], "the preview said what would happen");
    }
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(number("rows_in"), number("rows_imported") + number("rows_left_out"));
    report
}

fn told<'a>(report: &'a Value, table: &str, row: &Value, field: &str) -> &'a str {
    let found = report["problems"].as_array().unwrap().iter().find(|problem| {
        problem["table"] == table
            && problem["row"] == *row
            && problem["field"].as_str().unwrap_or_default() == field
    });
    found.unwrap_or_else(|| panic!("nothing about {table} {row} {field}: {}", report["problems"]))["did"]
        .as_str()
        .unwrap()
}

async fn row(lab: &Lab, kind: &str, name: &str) -> Value {
    let rows = lab.ask("inventory_list", json!({"type": kind})).await;
    let found =
        rows["data"].as_array().unwrap().iter().find(|row| row["name"] == name || row["title"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name}: {rows}")).clone()
}

#[tokio::test]
async fn a_database_of_the_first_days_is_read_with_the_columns_it_has() {
    let lab = Lab::new().await;
    let report = import(&lab, &database(OLD)).await;
    assert_eq!((&report["rows_in"], &report["rows_left_out"]), (&json!(5), &json!(0)));
    let host = row(&lab, "hardware", "old host").await;
    assert_eq!((&host["cpu_cores"], &host["notes"]), (&Value::Null, &json!("from 2024\ncpu_cores: eight")));
    assert_eq!(
        (&host["created_at"], &host["updated_at"]),
        (&json!("2024-01-01T10:00:00"), &json!("2024-01-01T10:00:00.500000"))
    );
    let guest = row(&lab, "vms", "old vm").await;
    assert_eq!((&guest["hardware_id"], &guest["custom"]), (&host["id"], &json!({"hypervisor": "Proxmox"})));
    let wiki = row(&lab, "apps", "wiki").await;
    assert_eq!((&wiki["vm_id"], &wiki["custom"]["url"]), (&guest["id"], &json!("http://192.168.1.7/wiki")));
    let tank = row(&lab, "storage", "tank").await;
    assert_eq!((&tank["raw_space_tb"], &tank["usable_space_tb"]), (&json!(12.0), &json!(8.0)));
    assert_eq!(row(&lab, "misc", "UPS").await["properties"], "[\"a list\"]");
    assert!(told(&report, "storage", &json!(1), "raw_space_gb").contains("1024"));
    let second = import(&lab, &database(OLD)).await;
    assert_eq!(second["nothing_to_do"], true, "{second}");
}

#[tokio::test]
async fn rows_that_point_nowhere_are_imported_alone_or_left_out_and_named() {
    let lab = Lab::new().await;
    let report = import(&lab, &database(DANGLING)).await;
    assert_eq!((&report["rows_in"], &report["rows_left_out"]), (&json!(22), &json!(7)));
    for (table, row, field, did) in [
        ("vms", json!(4), "hardware_id", "standing on nothing"),
        ("shares", json!(2), "storage_id", "standing on nothing"),
        ("storage", json!(8), "drive_count", "kept as text"),
        ("documents", json!(2), "sort_order", "kept as text"),
        ("documents", json!(2), "parent_id", "standing on nothing"),
        ("network_members", json!(2), "member_id", "left out"),
        ("network_members", json!(3), "network_id", "left out"),
        ("map_layout", json!(2), "node_id", "left out"),
        ("map_edges", json!(2), "target_id", "left out"),
        ("relationships", json!(2), "target_id", "left out"),
        ("scratch", json!("all"), "", "left out"),
    ] {
        assert!(told(&report, table, &row, field).contains(did), "{table} {row} {field}");
    }
    let placeholder = row(&lab, "vms", "placeholder").await;
    assert_eq!(placeholder["hardware_id"], Value::Null);
    let (egg, chicken) = (row(&lab, "documents", "Egg").await, row(&lab, "documents", "Chicken").await);
    assert_eq!((&egg["parent_id"], &chicken["parent_id"]), (&chicken["id"], &Value::Null));
    let second = import(&lab, &database(DANGLING)).await;
    assert_eq!(second["nothing_to_do"], true, "{second}");
}

#[tokio::test]
async fn a_file_that_is_cut_off_or_damaged_is_refused_whole_or_read_whole() {
    let lab = Lab::new().await;
    let world = lab.world().await;
    for keep in [16, 100, 4096, 5000, 40_000, WHOLE.len() - 1] {
        let fault = lab
            .refused(
                "import_preview",
                json!({"content": STANDARD.encode(&WHOLE[..keep]), "file_name": "hub.db"}),
            )
            .await;
        assert_eq!(fault.code, Code::Invalid, "{keep} bytes: {fault}");
    }
    let mut scrambled = WHOLE.to_vec();
    for byte in scrambled.iter_mut().skip(4096).step_by(7) {
        *byte ^= 0x5a;
    }
    let fault = lab
        .refused("import_preview", json!({"content": STANDARD.encode(&scrambled), "file_name": "hub.db"}))
        .await;
    assert_eq!(fault.code, Code::Invalid, "{fault}");
    assert_eq!(lab.world().await, world);
}

#[tokio::test]
async fn an_import_that_is_given_up_leaves_nothing() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "mine"})).await;
    let world = lab.world().await;
    let preview = lab.ask("import_preview", json!({"content": STANDARD.encode(WHOLE)})).await;
    for mode in ["merge", "replace"] {
        let input = json!({
            "import_id": preview["data"]["import_id"], "mode": mode, "confirm": true, "confirm_phrase": "replace everything",
        });
        let call = Call::new(Actor::local(Via::Rest), "import_apply", input);
        call.cancelled.cancel();
        assert_eq!(lab.keeper.call(call).await.unwrap_err().code, Code::Cancelled);
        assert_eq!(lab.world().await, world);
    }
}

#[tokio::test]
async fn a_replacement_can_be_taken_back_as_one_change() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve", "ip_address": "10.0.0.1"})).await;
    lab.create("vms", json!({"name": "web", "hardware_id": host})).await;
    let world = lab.world().await;
    let preview = lab.ask("import_preview", json!({"content": STANDARD.encode(WHOLE)})).await;
    let input = json!({
        "import_id": preview["data"]["import_id"], "mode": "replace", "confirm": true, "confirm_phrase": "replace everything",
    });
    let answer = lab.call("import_apply", input).await.unwrap();
    assert_ne!(lab.world().await, world);
    lab.ask("change_undo", json!({"id": answer.change_id, "confirm": true})).await;
    assert_eq!(lab.world().await, world);
}

#[tokio::test]
async fn our_own_database_is_recognised() {
    let lab = Lab::new().await;
    let copy = lab.dir.path().join("copy.db");
    labkeeper_store::Store::open(&copy).await.unwrap().close().await;
    let fault = lab
        .refused("import_preview", json!({"content": STANDARD.encode(std::fs::read(copy).unwrap())}))
        .await;
    assert!(fault.message.contains("labkeeper export"), "{fault}");
}
