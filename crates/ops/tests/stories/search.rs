//! Finding things, through the door, on the predecessor's own data.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::fault::Code;
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::model::{Toy, real};

const EXPORT: &[u8] = include_bytes!("../../../../fixtures/hub-plus/export.json");

impl Lab {
    async fn import_fixture(&self) {
        let input = json!({"content": STANDARD.encode(EXPORT), "file_name": "export.json"});
        let preview = self.ask("import_preview", input).await;
        self.ask("import_apply", json!({"import_id": preview["data"]["import_id"]})).await;
    }

    pub(crate) async fn search(&self, q: &str) -> Value {
        self.ask("inventory_search", json!({"q": q})).await
    }

    /// Names of the hits, best first.
    async fn names(&self, q: &str) -> Vec<String> {
        let answer = self.search(q).await;
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["name"].as_str().unwrap().to_string())
            .collect()
    }
}

#[tokio::test]
async fn plain_questions_find_the_right_thing_first() {
    let Some(model) = real() else { return };
    let lab = Lab::with(model).await;
    lab.import_fixture().await;
    let table = [
        ("old nas box in basement", "truenas"),
        ("surveillance camera", "Cam front door"),
        ("what to do when the electricity fails", "Power loss"),
        ("printer", "Brother HL-L2350"),
        ("dns ad blocker", "AdGuard Home"),
    ];
    for (question, wanted) in table {
        let answer = lab.search(question).await;
        let shown: Vec<&Value> =
            answer["data"].as_array().unwrap().iter().map(|hit| &hit["name"]).take(5).collect();
        assert_eq!(answer["data"][0]["name"], wanted, "{question} gave {shown:?}");
        assert!(answer.get("degraded").is_none(), "{question}: {answer}");
    }
}

#[tokio::test]
async fn fragments_typos_and_addresses_find_their_thing_without_a_model() {
    let lab = Lab::new().await;
    lab.import_fixture().await;
    let table = [
        ("ef:aa:bb", "truenas"),
        ("3c-ec-ef", "truenas"),
        ("10.10.50.", "truenas"),
        (":8006", "Proxmox UI"),
        (":8096", "Jellyfin"),
        ("port 5432", "PostgreSQL 16"),
        ("CT 105", "lxc-adguard"),
        ("jelyfin", "Jellyfin"),
        ("grafanna", "Grafana"),
        ("basment", "truenas"),
        ("10.10.10.53", "pi-dns"),
        ("sw-core", "sw-core"),
        ("vlan 30", "IoT"),
        ("TimeMachine", "family"),
        ("homeassistant", "home-assistant"),
        ("/opt/stacks", "docker-01"),
        ("iqn.2005-10", "vm-luns"),
        ("media.example.org", "Jellyfin"),
    ];
    for (question, wanted) in table {
        let names = lab.names(question).await;
        assert_eq!(names.first().map(String::as_str), Some(wanted), "{question} gave {names:?}");
    }
    let all = lab.ask("inventory_search", json!({"q": "10.10.", "limit": 100})).await;
    assert!(all["count"].as_u64().unwrap() >= 30, "every address begins so: {}", all["count"]);
    assert!(all.get("degraded").is_none(), "no meaning was asked for: {all}");
}

#[tokio::test]
async fn operators_narrow_and_phrases_must_stand_in_the_text() {
    let lab = Lab::new().await;
    lab.import_fixture().await;
    let table: &[(&str, &[&str])] = &[
        ("kind:vm host:pve-02", &["home-assistant", "k3s-02", "lxc-adguard"]),
        ("kind:app ip:10.10.10.0/24", &["Pi-hole (standby)", "Proxmox UI"]),
        ("net:iot kind:misc", &["Brother HL-L2350", "Cam front door"]),
        ("\"12-bay NAS\"", &["truenas"]),
        ("\"NAS bay 12\"", &[]),
        ("k3s -k3s-02 kind:vm", &["k3s-01", "k3s-03"]),
        ("kind:hardware host:pve-01", &[]),
    ];
    for (question, wanted) in table {
        let mut names = lab.names(question).await;
        names.sort();
        assert_eq!(names, *wanted, "{question}");
    }
    let backed = lab.names("kind:vm is:unbacked").await;
    assert_eq!(backed.len(), 8, "nothing backs anything up yet: {backed:?}");
    let down = lab.search("is:down").await;
    assert!(down["count"] == 0 && down["degraded"].as_str().unwrap().contains("health_check"), "{down}");
}

#[tokio::test]
async fn a_hit_says_where_and_why() {
    let lab = Lab::new().await;
    lab.import_fixture().await;
    let hit = lab.search("basement rack").await["data"][0].clone();
    assert_eq!(hit["entity_type"], "hardware");
    assert_eq!(hit["matched"], json!({"field": "notes", "why": "words"}));
    let snippet = hit["snippet"].as_str().unwrap();
    assert!(
        snippet.contains("12-bay NAS in the \u{e000}basement\u{e001} \u{e000}rack\u{e001}"),
        "{snippet:?}"
    );
    let page = lab.search("monthly restores").await["data"][0].clone();
    assert_eq!(
        (&page["name"], &page["matched"]["field"]),
        (&json!("Restore from backup"), &json!("content › PBS restore"))
    );
    let exact = lab.search("Jellyfin").await["data"][0].clone();
    assert_eq!(
        (&exact["matched"]["why"], &exact["score"], &exact["icon"]),
        (&json!("exact name"), &json!(1.0), &json!("🎬"))
    );
    let typo = lab.search("jelyfin").await["data"][0].clone();
    assert_eq!(typo["matched"]["why"], "typo");
}

#[tokio::test]
async fn without_a_model_words_answer_and_say_so() {
    let lab = Lab::new().await;
    lab.import_fixture().await;
    let answer = lab.search("nas in the basement").await;
    assert_eq!(answer["data"][0]["name"], "truenas");
    assert!(
        answer["degraded"].as_str().unwrap().contains("labkeeper model install"),
        "{}",
        answer["degraded"]
    );
    let meaning = lab.ask("inventory_search", json!({"q": "basement", "mode": "semantic"})).await;
    assert_eq!(meaning["data"][0]["name"], "truenas", "words are better than nothing");
    assert!(meaning["degraded"].is_string());
    let rebuilt = lab.ask("search_index", json!({})).await;
    assert_eq!((&rebuilt["status"], &rebuilt["vectors"]), (&json!("degraded"), &json!(0)));
    assert!(
        rebuilt["indexed"].as_u64().unwrap() > 50 && rebuilt["errors"].as_array().unwrap().len() == 1,
        "{rebuilt}"
    );
}

#[tokio::test]
async fn blank_and_odd_questions_are_answered_calmly() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "pve"})).await;
    for q in ["", "   ", "\"\"", "?!", "🙂", "\u{202e}", "-", "@"] {
        assert_eq!(lab.search(q).await["count"], 0, "{q:?}");
    }
    assert_eq!(lab.ask("inventory_search", json!({"q": "pve", "limit": 0})).await["count"], 0);
    assert_eq!(lab.ask("inventory_search", json!({"q": "pve", "limit": 5000})).await["count"], 2);
    let fault = lab.refused("inventory_search", json!({"q": "pve", "kind": "vmz"})).await;
    assert!(fault.code == Code::Invalid && fault.hint.unwrap().contains("vms"), "{}", fault.message);
}

#[tokio::test]
async fn what_was_written_is_found_at_once_and_what_was_deleted_is_not() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "zebra", "notes": "striped"})).await;
    assert_eq!(lab.names("kind:vm striped").await, ["zebra"]);
    lab.ask("inventory_update", json!({"type": "vms", "id": id, "data": {"notes": "spotted"}})).await;
    assert_eq!(lab.names("kind:vm striped").await, Vec::<String>::new());
    assert_eq!(lab.names("kind:vm spotted").await, ["zebra"]);
    lab.ask("inventory_delete", json!({"type": "vms", "id": id, "confirm": true})).await;
    assert_eq!(lab.names("kind:vm zebra").await, Vec::<String>::new());
    let history = lab.ask("inventory_search", json!({"q": "zebra", "kind": "changes"})).await;
    assert!(history["count"].as_u64().unwrap() >= 1, "its history stays: {history}");
}

#[tokio::test]
async fn renaming_a_host_is_seen_in_what_stands_on_it() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "alpha"})).await;
    lab.create("vms", json!({"name": "guest", "hardware_id": host})).await;
    assert_eq!(lab.names("kind:vm alpha").await, ["guest"]);
    lab.ask("inventory_update", json!({"type": "hardware", "id": host, "data": {"name": "omega"}})).await;
    assert_eq!(lab.names("kind:vm alpha").await, Vec::<String>::new());
    assert_eq!(lab.names("kind:vm omega").await, ["guest"]);
    assert_eq!(lab.names("host:omega").await, ["guest"]);
}

#[tokio::test]
async fn vectors_outlive_the_process_and_an_undo_finds_them_again() {
    let toy = Arc::new(Toy::default());
    let lab = Lab::with(toy.clone()).await;
    for name in ["one", "two", "three"] {
        lab.create("misc", json!({"name": name, "notes": format!("about {name}")})).await;
    }
    lab.search("about one").await;
    let made = toy.embedded.load(Ordering::SeqCst);
    assert!(made > 3, "items, history and the question: {made}");

    let beside = lab.beside(toy.clone()).await;
    let call = labkeeper_ops::keeper::Call::new(
        labkeeper_core::actor::Actor::local(labkeeper_core::actor::Via::Cli),
        "inventory_search",
        json!({"q": "about two"}),
    );
    let answer = beside.call(call).await.unwrap().output;
    assert_eq!(answer["data"][0]["name"], "two");
    assert_eq!(
        toy.embedded.load(Ordering::SeqCst),
        made + 1,
        "only the question was new to the second process"
    );

    let rebuilt = lab.ask("search_index", json!({"from_scratch": true})).await;
    assert_eq!((&rebuilt["status"], &rebuilt["by_type"]["misc"]), (&json!("ok"), &json!(3)));
    let again = lab.ask("search_index", json!({})).await;
    assert_eq!(rebuilt["vectors"], again["vectors"], "safe to repeat");
}

#[tokio::test]
async fn a_model_that_comes_late_is_used_from_then_on() {
    let toy = Arc::new(Toy::default());
    toy.missing.store(true, Ordering::SeqCst);
    let lab = Lab::with(toy.clone()).await;
    lab.create("misc", json!({"name": "kettle", "notes": "boils water"})).await;
    assert!(lab.search("boils water").await["degraded"].as_str().unwrap().contains("take it out"));
    toy.missing.store(false, Ordering::SeqCst);
    let answer = lab.search("boils water").await;
    assert!(
        answer.get("degraded").is_none() && answer["data"][0]["parts"]["semantic"].as_f64().unwrap() > 0.3,
        "{answer}"
    );
    toy.missing.store(true, Ordering::SeqCst);
    let answer = lab.search("boils water").await;
    assert!(answer["degraded"].is_string() && answer["data"][0]["name"] == "kettle", "{answer}");
}

#[tokio::test]
async fn a_caller_who_hangs_up_takes_no_vector_with_them() {
    let toy = Arc::new(Toy::default());
    let lab = Lab::with(toy.clone()).await;
    for number in 0..60 {
        lab.create("misc", json!({"name": format!("thing {number}")})).await;
    }
    for patience in 0..40 {
        let impatient =
            tokio::time::timeout(std::time::Duration::from_micros(patience * 250), lab.search("thing here"));
        let _ = impatient.await;
    }
    while lab.search("thing here").await.get("degraded").is_some() {}
    let status = lab.ask("hub_status", json!({})).await["search"].clone();
    assert_eq!(
        (&status["indexed"], &status["texts"], &status["pending"]),
        (&json!(120), &json!(120), &json!(0))
    );
}
