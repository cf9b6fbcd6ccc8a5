//! Answers that are kept: each is what would be read anew, whichever way what it is made of was written.

use std::collections::BTreeSet;
use std::time::Duration;

use labkeeper_core::actor::{Actor, Role, Via};
use labkeeper_core::change::Effect;
use labkeeper_core::principal::Principal;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::keeper::{Call, Edition, Keeper};
use labkeeper_store::Looked;
use serde_json::{Value, json};

use crate::lab::{Lab, assistant};

const SOURCE: &str = "proxmox:home";

struct Kept {
    lab: Lab,
    questions: Vec<(&'static str, Value)>,
    vm: i64,
    before: Edition,
}

impl Kept {
    /// A lab with a virtual machine, another one and a page, of which everything that is kept was read once.
    async fn new() -> Self {
        let lab = Lab::new().await;
        let vm = lab.create("vms", json!({"name": "docker-01", "os": "Debian 12", "cpu_cores": 2})).await;
        lab.create("vms", json!({"name": "docker-02", "os": "Debian 12"})).await;
        let page = lab
            .create(
                "documents",
                json!({"title": "Backups", "content": "by night\npassword: hunter2-hunter2"}),
            )
            .await;
        let saved = lab.ask("changes_list", json!({"id": page})).await["data"][0]["id"].clone();
        let questions = vec![
            ("drift_list", json!({"all": true})),
            ("changes_list", json!({})),
            ("changes_list", json!({"id": vm})),
            ("document_versions", json!({"id": page})),
            ("document_version", json!({"id": page, "change": saved})),
            ("inventory_kinds", json!({})),
            ("inventory_list", json!({"type": "vms", "include": "links,drift,health"})),
            ("inventory_find_by_name", json!({"q": "docker-01"})),
            ("inventory_get", json!({"type": "vms", "id": vm})),
            ("inventory_show", json!({"id": vm})),
            ("inventory_all", json!({})),
            ("map_graph", json!({})),
            ("map_layout", json!({})),
            ("map_networks", json!({})),
        ];
        let mut kept = Self { lab, questions, vm, before: Edition::default() };
        kept.read().await;
        kept
    }

    /// Reads everything, so that it is kept.
    async fn read(&mut self) {
        for (name, input) in &self.questions {
            self.answer(name, input).await;
        }
        self.before = self.lab.keeper.store().edition().await.unwrap();
    }

    async fn answer(&self, name: &str, input: &Value) -> Value {
        let kept = self.lab.keeper.rendered(&person(), name, input).await.unwrap().unwrap();
        serde_json::from_slice(&kept.body).unwrap()
    }

    /// Every answer is as it would be read anew; then that one is what is kept.
    async fn holds(&mut self, after: &str) {
        for (name, input) in &self.questions {
            let call = Call::new(person(), *name, input.clone());
            let anew = self.lab.keeper.call(call).await.unwrap().output;
            assert_eq!(self.answer(name, input).await, anew, "{name} {input} after {after}");
        }
        self.read().await;
    }

    async fn observe(&self, sightings: Value, is_complete: bool) -> Option<i64> {
        let input = json!({"source": SOURCE, "complete": is_complete, "sightings": sightings});
        self.lab.call("inventory_observe", input).await.unwrap().change_id
    }

    /// The sources see it, with that system.
    async fn seen(&self, os: &str) -> Option<i64> {
        self.observe(json!([{"id": self.vm, "fields": {"os": os}}]), false).await
    }
}

fn person() -> Actor {
    let mut actor = Actor::local(Via::Rest);
    actor.grant = Role::Admin.grant();
    actor
}

#[tokio::test]
async fn the_questions_are_all_that_is_kept() {
    let kept = Kept::new().await;
    let asked: BTreeSet<&str> = kept.questions.iter().map(|(name, _)| *name).collect();
    let all = labkeeper_ops::all::all();
    let cacheable = all.iter().filter(|entry| entry.meta.cacheable).map(|entry| entry.meta.name);
    assert_eq!(asked, cacheable.collect());
}

/// What is kept is given to whoever may ask, and without asking again.
#[tokio::test]
async fn what_is_kept_only_reads_the_hub_itself() {
    for entry in labkeeper_ops::all::all().iter().filter(|entry| entry.meta.cacheable) {
        let meta = &entry.meta;
        assert_eq!(meta.effect, Effect::Read, "{}: a write would be left out", meta.name);
        assert!(!meta.acts && !meta.open_world, "{}: the lab changes without a write to the hub", meta.name);
        assert!(
            !meta.foreign,
            "{}: programs are told less than people, and models are wary of it",
            meta.name
        );
    }
}

#[tokio::test]
async fn what_is_kept_is_the_same_whoever_asks() {
    let kept = Kept::new().await;
    let bob = Actor { principal: Principal::Person("bob".into()), name: "bob".into(), ..person() };
    let viewer = Actor { grant: Role::Viewer.grant(), session: Some("web-1".into()), ..bob };
    let program = Actor { principal: Principal::Token(7), person: false, ..viewer.clone() };
    let others = [viewer, program, assistant("session 1"), Actor::system("sweep")];
    for (name, input) in &kept.questions {
        for other in &others {
            let call = Call::new(other.clone(), *name, input.clone());
            let told = kept.lab.keeper.call(call).await.unwrap().output;
            assert_eq!(told, kept.answer(name, input).await, "{name} {input} asked by {}", other.name);
        }
    }
}

#[tokio::test]
async fn what_sources_see_and_no_longer_see_is_in_the_next_answer() {
    let mut kept = Kept::new().await;
    kept.seen("Debian 12").await;
    kept.holds("a first look").await;
    kept.seen("Debian 12").await;
    kept.holds("a look that saw the same").await;
    kept.observe(json!([]), true).await;
    let shown = kept.answer("inventory_show", &json!({"id": kept.vm})).await;
    assert_eq!(shown["data"]["missing"][0]["source"], SOURCE, "{shown}");
    kept.holds("a look that no longer saw it").await;
    kept.observe(json!([{"id": kept.vm}]), true).await;
    kept.holds("a look that saw it again").await;
    kept.observe(json!([{"id": kept.vm, "identities": {"pve": "home/101"}}]), false).await;
    kept.holds("an identity").await;
}

#[tokio::test]
async fn what_is_taken_back_is_in_no_answer() {
    let mut kept = Kept::new().await;
    let change = kept.seen("Debian 13").await.unwrap();
    kept.holds("a drift").await;
    assert_eq!(kept.answer("drift_list", &json!({"all": true})).await["count"], 1);
    kept.lab.ask("change_undo", json!({"id": change})).await;
    assert_eq!(kept.answer("drift_list", &json!({"all": true})).await["count"], 0);
    kept.holds("its undoing").await;

    let sighting = json!([{"id": kept.vm, "identities": {"pve": "home/101"}}]);
    let change = kept.observe(sighting, false).await.unwrap();
    kept.holds("an identity").await;
    kept.lab.ask("change_undo", json!({"id": change})).await;
    kept.holds("the undoing of an identity").await;

    kept.lab.ask("inventory_delete", json!({"type": "vms", "id": kept.vm, "confirm": true})).await;
    let gone = kept.lab.ask("changes_list", json!({})).await["data"][0]["id"].clone();
    kept.lab.ask("change_undo", json!({"id": gone})).await;
    kept.holds("the undoing of a deletion").await;
}

#[tokio::test]
async fn since_when_it_answers_is_what_the_watch_noted_last() {
    let mut kept = Kept::new().await;
    let minute = |number: i64| Stamp(1_900_000_000_000_000 + number * 60_000_000);
    let look = Looked { item_id: kept.vm, alive: true, method: "icmp".into(), latency_ms: Some(1.5) };
    for (at, unseen, after) in [
        (minute(0), minute(-1), "a first look"),
        (minute(1), minute(0), "a look that found the same"),
        (minute(9), minute(8), "a look after nobody had looked for long"),
    ] {
        let mut tx = kept.lab.keeper.store().write().await.unwrap();
        tx.note_look(&look, at, unseen).await.unwrap();
        tx.commit().await.unwrap();
        kept.holds(after).await;
    }
    let mut tx = kept.lab.keeper.store().write().await.unwrap();
    tx.end_stretches().await.unwrap();
    tx.commit().await.unwrap();
    kept.holds("the end of watching").await;
}

#[tokio::test]
async fn what_nothing_kept_is_made_of_makes_no_answer_old() {
    let kept = Kept::new().await;
    let input = json!({"type": "vms", "data": {"name": ""}});
    kept.lab.refused("inventory_create", input).await;
    let store = kept.lab.keeper.store();
    let mut tx = store.write().await.unwrap();
    tx.set_cursor("history", 1).await.unwrap();
    tx.set_meta("a", "b").await.unwrap();
    tx.touch_token(1, Stamp(1)).await.unwrap();
    tx.end_session("nobody's").await.unwrap();
    tx.end_stretches().await.unwrap();
    tx.forget_certificates(Stamp(1)).await.unwrap();
    tx.commit().await.unwrap();
    kept.lab.clock.advance(Duration::from_secs(60));
    kept.lab.ask("hub_status", json!({})).await;
    assert_eq!(store.edition().await.unwrap(), kept.before);
}

/// What this process takes of the machine's memory.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn questions_at_length_take_no_room() {
    let kept = Kept::new().await;
    let ask = async |many: std::ops::Range<usize>| {
        for number in many {
            let question = format!("{number} {}", "w".repeat(60_000));
            kept.answer("inventory_list", &json!({"type": "misc", "q": question})).await;
        }
    };
    ask(0..50).await;
    let before = resident();
    ask(50..650).await;
    let grown = resident().saturating_sub(before) / 1_000_000;
    assert!(grown < 15, "36 MB of questions took {grown} MB");
}

#[tokio::test]
async fn an_answer_of_what_a_restored_copy_never_saw_has_another_name() {
    let kept = Kept::new().await;
    // A server's own tools make copies there.
    if kept.lab.keeper.store().is_on_server() {
        return;
    }
    let elsewhere = tempfile::tempdir().unwrap();
    kept.lab.keeper.store().copy_to(&elsewhere.path().join("lab.db")).await.unwrap();
    let restored = Lab::living_in(elsewhere.path(), Default::default()).await;
    let name = async |keeper: &Keeper| {
        let input = json!({"type": "misc", "data": {"name": "lantern"}});
        keeper.call(Call::new(Actor::local(Via::Cli), "inventory_create", input)).await.unwrap();
        let input = json!({"type": "misc"});
        let seq = keeper.store().edition().await.unwrap().seq;
        (seq, keeper.rendered(&person(), "inventory_list", &input).await.unwrap().unwrap().etag)
    };
    let ((discarded, old), (met, new)) = (name(&kept.lab.keeper).await, name(&restored).await);
    assert_eq!(discarded, met, "the numbers have not met");
    assert_ne!(old, new);
}
