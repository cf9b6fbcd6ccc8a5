//! Vectors on a Qdrant server: the answers are those of the matrix in memory, and a server that is down, slow, late or emptied costs
//! meaning for a while, and says so, but never an answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::ports::VectorServer;
use labkeeper_core::vectors::Space;
use labkeeper_ops::keeper::{Call, Keeper};
use labkeeper_qdrant::double::{Double, Faults};
use labkeeper_qdrant::{Qdrant, Settings};
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::model::Toy;
use crate::work::{start, until};

const SOON: Duration = Duration::from_secs(20);

fn client(double: &Double) -> Arc<dyn VectorServer> {
    let settings = Settings::new(double.url().parse().unwrap(), "labkeeper");
    let patience = Duration::from_millis(1_000);
    Arc::new(Qdrant::new(&Settings { patience, patience_with_batches: patience, ..settings }).unwrap())
}

async fn ask(keeper: &Keeper, name: &str, input: Value) -> Value {
    keeper.call(Call::new(Actor::local(Via::Cli), name, input)).await.unwrap().output
}

async fn search(keeper: &Keeper, q: &str) -> Value {
    ask(keeper, "inventory_search", json!({"q": q, "limit": 30})).await
}

async fn status(keeper: &Keeper) -> Value {
    ask(keeper, "hub_status", json!({})).await["search"].clone()
}

fn is_whole(answer: &Value) -> bool {
    answer.get("degraded").is_none()
}

fn names(answer: &Value) -> Vec<String> {
    let hits = answer["data"].as_array().unwrap();
    hits.iter().map(|hit| hit["name"].as_str().unwrap().to_owned()).collect()
}

/// A lab with some things in it, and a hub on it that keeps its vectors on the double.
async fn furnished(count: usize) -> (Lab, Arc<Toy>, Double, Keeper) {
    let toy = Arc::new(Toy::default());
    let lab = Lab::with(toy.clone()).await;
    let words =
        ["lantern", "candle", "kettle", "ladder", "hammer", "barrel", "violin", "carpet", "mirror", "basket"];
    for number in 0..count {
        let kind = ["misc", "apps", "hardware"][number % 3];
        let (first, second) = (words[number % 10], words[number / 10 % 10]);
        let tags = if number.is_multiple_of(4) { json!(["prod"]) } else { json!([]) };
        let data = json!({
            "name": format!("{first} {number}"), "tags": tags,
            "notes": format!("a {second} beside the {first} number {number} of the shed"),
        });
        lab.create(kind, data).await;
    }
    let double = Double::new().await.unwrap();
    let keeper = lab.beside_on(toy.clone(), client(&double)).await;
    (lab, toy, double, keeper)
}

#[tokio::test]
async fn the_order_is_the_one_of_the_matrix_in_memory() {
    let (lab, _, _double, keeper) = furnished(240).await;
    // All vectors are made in memory first, so that both answer from the same.
    ask(&lab.keeper, "search_index", json!({})).await;
    ask(&keeper, "search_index", json!({})).await;
    for question in [
        "lantern",
        "beside the violin",
        "shed",
        "carpet of the hammer",
        "kind:misc candle",
        "tag:prod shed",
        "kind:apps tag:prod mirror",
        "shed -ladder",
        "kind:changes barrel",
        "\"beside the kettle\"",
        "something with strings",
        "number 42",
    ] {
        for mode in ["hybrid", "semantic", "lexical"] {
            let input = json!({"q": question, "limit": 25, "mode": mode});
            let here = ask(&lab.keeper, "inventory_search", input.clone()).await;
            let there = ask(&keeper, "inventory_search", input).await;
            assert!(is_whole(&here) && is_whole(&there), "{question} {mode}: {here} {there}");
            same(&here, &there, &format!("{question} {mode}"));
        }
    }
}

/// The same hits in the same order, where the scores differ by more than rounding does.
fn same(here: &Value, there: &Value, question: &str) {
    const ROUNDING: f64 = 0.004;
    let scores = |answer: &Value| -> Vec<(String, f64)> {
        let key = |hit: &Value| format!("{}/{}", hit["entity_type"], hit["entity_id"]);
        answer["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| (key(hit), hit["score"].as_f64().unwrap()))
            .collect()
    };
    let (here, there) = (scores(here), scores(there));
    assert_eq!(here.len(), there.len(), "{question}");
    let last = here.last().map_or(0.0, |(_, score)| *score);
    let known: BTreeMap<&String, f64> = there.iter().map(|(key, score)| (key, *score)).collect();
    for (place, (key, score)) in here.iter().enumerate() {
        assert!((score - there[place].1).abs() < ROUNDING, "{question}, place {place}: {here:?} {there:?}");
        match known.get(key) {
            Some(other) => assert!((score - other).abs() < ROUNDING, "{question}: {key} {score} {other}"),
            None => assert!((score - last).abs() < ROUNDING, "{question}: {key} is missing"),
        }
    }
}

#[tokio::test]
async fn a_server_that_comes_late_is_filled_without_embedding_anew() {
    let (lab, toy, double, keeper) = furnished(30).await;
    double.stop().await;
    let (shutdown, worker) = start(&keeper);
    until(SOON, "words answer and the reason is said", async || {
        let answer = search(&keeper, "lantern of the shed").await;
        !names(&answer).is_empty()
            && answer["degraded"].as_str().is_some_and(|reason| reason.contains("cannot be reached"))
    })
    .await;
    until(SOON, "all vectors are made", async || toy.embedded.load(Ordering::SeqCst) >= 60).await;
    let state = status(&keeper).await;
    assert!(state["degraded"].as_str().unwrap().contains("Qdrant at 127.0.0.1"), "{state}");
    assert_eq!(state["indexed"], 0);
    let asked_already = toy.embedded.load(Ordering::SeqCst);
    double.start().await.unwrap();
    until(SOON, "meaning is back", async || is_whole(&search(&keeper, "lantern of the shed").await)).await;
    let state = status(&keeper).await;
    assert_eq!((state["indexed"].as_u64(), state["pending"].as_u64()), (Some(60), Some(0)), "{state}");
    assert!(state["vectors_in"].as_str().unwrap().contains("collection labkeeper"), "{state}");
    // Only questions were embedded since.
    assert!(toy.embedded.load(Ordering::SeqCst) < asked_already + 60, "texts were embedded again");
    // What is written now arrives too, and what is deleted is found no more.
    let id = lab.create("misc", json!({"name": "accordion", "notes": "plays music"})).await;
    until(SOON, "the new one is found by meaning", async || {
        let answer = ask(&keeper, "inventory_search", json!({"q": "plays music", "mode": "semantic"})).await;
        is_whole(&answer) && names(&answer).first().is_some_and(|name| name == "accordion")
    })
    .await;
    lab.ask("inventory_delete", json!({"type": "misc", "id": id, "confirm": true})).await;
    let answer = ask(&keeper, "inventory_search", json!({"q": "plays music", "kind": "misc"})).await;
    assert!(!names(&answer).contains(&"accordion".to_owned()), "the store decides what exists: {answer}");
    shutdown.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn a_server_that_lost_everything_or_was_put_back_is_filled_again() {
    let (lab, _toy, double, keeper) = furnished(30).await;
    let (shutdown, worker) = start(&keeper);
    let whole = async |what: &str| {
        until(SOON, what, async || is_whole(&search(&keeper, "lantern of the shed").await)).await;
    };
    whole("it is filled").await;
    double.put_aside();
    double.forget_everything();
    let answer = search(&keeper, "lantern of the shed").await;
    assert!(!is_whole(&answer) && !names(&answer).is_empty(), "{answer}");
    whole("it is filled again").await;
    lab.create("misc", json!({"name": "accordion", "notes": "plays music"})).await;
    until(SOON, "the newest is there", async || {
        let answer = search(&keeper, "plays music").await;
        is_whole(&answer) && names(&answer).first().is_some_and(|name| name == "accordion")
    })
    .await;
    double.put_back();
    let answer = search(&keeper, "plays music").await;
    assert!(!is_whole(&answer), "what it lacks is noticed at the first question: {answer}");
    until(SOON, "what it lost is there again", async || {
        let answer = ask(&keeper, "inventory_search", json!({"q": "plays music", "mode": "semantic"})).await;
        is_whole(&answer) && names(&answer).first().is_some_and(|name| name == "accordion")
    })
    .await;
    shutdown.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn a_slow_or_broken_server_costs_meaning_and_never_the_answer() {
    let (_lab, _toy, double, keeper) = furnished(12).await;
    assert!(is_whole(&search(&keeper, "lantern").await), "without a worker the question fills it");
    let faults = [
        (Faults { slow: Some(Duration::from_secs(600)), ..Faults::default() }, "did not answer within"),
        (Faults { broken: true, ..Faults::default() }, "answered 500"),
        (Faults { resets: true, ..Faults::default() }, "cannot be reached"),
    ];
    for (fault, says) in faults {
        double.fail(fault.clone());
        for mode in ["hybrid", "semantic"] {
            let answer =
                ask(&keeper, "inventory_search", json!({"q": "lantern of the shed", "mode": mode})).await;
            let reason = answer["degraded"].as_str().unwrap_or_default();
            assert!(reason.contains(says), "{fault:?}: {answer}");
            assert!(names(&answer).iter().any(|name| name.starts_with("lantern")), "{fault:?}: {answer}");
        }
        let lexical = ask(&keeper, "inventory_search", json!({"q": "lantern", "mode": "lexical"})).await;
        assert!(is_whole(&lexical), "who asks for words only lacks nothing: {lexical}");
        double.fail(Faults::default());
        assert!(is_whole(&search(&keeper, "lantern of the shed").await));
    }
}

#[tokio::test]
async fn a_changed_tag_is_filtered_by_and_nothing_is_embedded_for_it() {
    let (lab, toy, _double, keeper) = furnished(12).await;
    let id = lab.create("misc", json!({"name": "accordion", "notes": "plays music"})).await;
    search(&keeper, "music").await;
    lab.ask("inventory_update", json!({"type": "misc", "id": id, "data": {"tags": ["loud"]}})).await;
    let answer = search(&keeper, "tag:loud plays music").await;
    assert_eq!(names(&answer), ["accordion"]);
    assert!(is_whole(&answer), "{answer}");
    let before = toy.embedded.load(Ordering::SeqCst);
    assert!(is_whole(&search(&keeper, "tag:loud music").await));
    assert_eq!(toy.embedded.load(Ordering::SeqCst), before + 1, "the question only");
}

#[tokio::test]
async fn two_hubs_of_one_lab_share_a_collection() {
    let (lab, toy, double, keeper) = furnished(20).await;
    let other = lab.beside_on(toy, client(&double)).await;
    let ((first, one), (second, two)) = (start(&keeper), start(&other));
    lab.create("misc", json!({"name": "accordion", "notes": "plays music"})).await;
    for hub in [&keeper, &other] {
        until(SOON, "both find it", async || {
            let answer = ask(hub, "inventory_search", json!({"q": "plays music", "mode": "semantic"})).await;
            is_whole(&answer) && names(&answer).first().is_some_and(|name| name == "accordion")
        })
        .await;
    }
    first.cancel();
    second.cancel();
    one.await.unwrap();
    two.await.unwrap();
}

#[tokio::test]
async fn a_collection_of_another_lab_is_refused_and_untouched() {
    let (_lab, _toy, double, keeper) = furnished(6).await;
    let server = client(&double);
    let space = Space { model: "toy/1".into(), dimensions: 64, lab: "another".into() };
    server.prepare(&space, true).await.unwrap();
    let answer = search(&keeper, "lantern").await;
    assert!(answer["degraded"].as_str().unwrap().contains("QDRANT_COLLECTION"), "{answer}");
    assert!(!names(&answer).is_empty());
    let answer = ask(&keeper, "search_index", json!({"from_scratch": true})).await;
    assert_eq!(answer["status"], "degraded", "{answer}");
    assert_eq!(server.look(Some("another")).await.unwrap().unwrap().points, 0);
}

#[tokio::test]
async fn a_rebuild_from_nothing_fills_it_again() {
    let (_lab, _toy, double, keeper) = furnished(15).await;
    let rebuilt = ask(&keeper, "search_index", json!({"from_scratch": true})).await;
    assert_eq!(
        (rebuilt["status"].as_str(), rebuilt["vectors"].as_u64()),
        (Some("ok"), Some(30)),
        "{rebuilt}"
    );
    assert_eq!(client(&double).standing().await.unwrap().points, 30);
    assert!(is_whole(&search(&keeper, "lantern").await));
}
