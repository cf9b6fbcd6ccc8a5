//! The workers: they follow writes, and nothing is lost when they are killed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use labkeeper_ops::keeper::Keeper;
use labkeeper_ops::work;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::lab::Lab;
use crate::model::Toy;

/// Waits until it holds, at most for `limit`.
pub(crate) async fn until<F: Future<Output = bool>>(limit: Duration, what: &str, holds: impl Fn() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) fn start(keeper: &Keeper) -> (CancellationToken, tokio::task::JoinHandle<()>) {
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
