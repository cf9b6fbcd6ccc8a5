//! The workers: they follow writes, and nothing is lost when they are killed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use labkeeper_core::audit::Verifier;
use labkeeper_ops::keeper::Keeper;
use labkeeper_ops::work;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::lab::Lab;
use crate::model::Toy;

/// Waits until it holds, at most for `limit`.
async fn until<F: Future<Output = bool>>(limit: Duration, what: &str, holds: impl Fn() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn start(keeper: &Keeper) -> (CancellationToken, tokio::task::JoinHandle<()>) {
    let shutdown = CancellationToken::new();
    (shutdown.clone(), tokio::spawn(work::run(keeper.clone(), shutdown)))
}

async fn search_status(lab: &Lab) -> Value {
    lab.ask("hub_status", json!({})).await["search"].clone()
}

#[tokio::test]
async fn the_index_follows_a_write_without_being_asked() {
    let toy = Arc::new(Toy::default());
    let lab = Lab::with(toy.clone()).await;
    let (shutdown, worker) = start(&lab.keeper);
    lab.create("misc", json!({"name": "lantern", "notes": "gives light"})).await;
    until(Duration::from_secs(5), "vectors of the item and its history", || async {
        let status = search_status(&lab).await;
        status["indexed"] == 2 && status["pending"] == 0
    })
    .await;
    // Another process wrote: nobody in this one was told.
    let beside = lab.beside(toy.clone()).await;
    let call = labkeeper_ops::keeper::Call::new(
        labkeeper_core::actor::Actor::local(labkeeper_core::actor::Via::Cli),
        "inventory_create",
        json!({"type": "misc", "data": {"name": "candle"}}),
    );
    beside.call(call).await.unwrap();
    until(Duration::from_secs(5), "what another process wrote", || async {
        search_status(&lab).await["indexed"] == 4
    })
    .await;
    shutdown.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn a_worker_killed_anywhere_is_taken_up_by_the_next() {
    let toy = Arc::new(Toy::default());
    let lab = Lab::with(toy.clone()).await;
    for number in 0..80 {
        lab.create("misc", json!({"name": format!("thing {number}"), "notes": format!("note {number}")}))
            .await;
    }
    for wait in [0, 1, 3, 9] {
        let keeper = lab.beside(toy.clone()).await;
        let shutdown = CancellationToken::new();
        let worker = tokio::spawn(work::run(keeper, shutdown));
        tokio::time::sleep(Duration::from_millis(wait)).await;
        worker.abort();
        let _ = worker.await;
    }
    let (shutdown, worker) = start(&lab.keeper);
    until(Duration::from_secs(20), "everything indexed after the kills", || async {
        let status = search_status(&lab).await;
        status["indexed"] == 160 && status["pending"] == 0
    })
    .await;
    assert_eq!(lab.search("kind:misc \"note 42\"").await["data"][0]["name"], "thing 42");
    shutdown.cancel();
    worker.await.unwrap();
    let made = toy.embedded.load(Ordering::SeqCst);
    assert!(made < 160 + 100, "what was kept before a kill is not made again: {made}");
}

#[tokio::test]
async fn the_mirror_of_the_audit_log_verifies_and_mends_a_torn_line() {
    let lab = Lab::new().await;
    let mirror = lab.dir.path().join("audit.jsonl");
    let lines = || std::fs::read_to_string(&mirror).unwrap_or_default().lines().count();
    let (shutdown, worker) = start(&lab.keeper);
    lab.create("misc", json!({"name": "first"})).await;
    until(Duration::from_secs(5), "two records", || async { lines() == 2 }).await;
    shutdown.cancel();
    worker.await.unwrap();

    let whole = std::fs::read_to_string(&mirror).unwrap();
    std::fs::write(&mirror, &whole[..whole.len() - 20]).unwrap();
    lab.create("misc", json!({"name": "second"})).await;
    let (shutdown, worker) = start(&lab.keeper);
    until(Duration::from_secs(5), "four whole records", || async {
        lines() == 4 && std::fs::read_to_string(&mirror).unwrap().ends_with('\n')
    })
    .await;
    shutdown.cancel();
    worker.await.unwrap();

    let mut verifier = Verifier::default();
    for line in std::fs::read_to_string(&mirror).unwrap().lines() {
        let mut record: Value = serde_json::from_str(line).unwrap();
        let hash = record.as_object_mut().unwrap().shift_remove("hash").unwrap();
        verifier.step(&serde_json::from_value(record).unwrap(), hash.as_str().unwrap()).unwrap();
    }
    assert_eq!(verifier.checked(), 4);
}

#[tokio::test]
async fn a_mirror_of_another_log_is_kept_aside() {
    let lab = Lab::new().await;
    let mirror = lab.dir.path().join("audit.jsonl");
    let foreign = Lab::new().await;
    foreign.create("misc", json!({"name": "elsewhere"})).await;
    let (shutdown, worker) = start(&foreign.keeper);
    let theirs = foreign.dir.path().join("audit.jsonl");
    until(Duration::from_secs(5), "their mirror", || async {
        theirs.metadata().is_ok_and(|file| file.len() > 0)
    })
    .await;
    shutdown.cancel();
    worker.await.unwrap();
    std::fs::copy(&theirs, &mirror).unwrap();

    lab.clock.advance(Duration::from_secs(99));
    lab.create("misc", json!({"name": "here"})).await;
    let (shutdown, worker) = start(&lab.keeper);
    let text = || std::fs::read_to_string(&mirror).unwrap_or_default();
    until(Duration::from_secs(5), "our records only", || async {
        text().lines().count() == 2 && !text().is_empty() && lab.dir.path().join("audit.1.jsonl").exists()
    })
    .await;
    shutdown.cancel();
    worker.await.unwrap();
}
