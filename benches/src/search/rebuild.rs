//! How long `search_index` takes over a whole hub from nothing, how much memory the process holds then, and how long its door
//! takes to answer a question.

use std::sync::Arc;
use std::time::{Duration, Instant};

use labkeeper_core::ports::Embedder;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::keeper::Keeper;
use labkeeper_store::{NewItem, Store};
use serde_json::{Value, json};

use super::{labelled, latency};
use crate::engine::Engine;
use crate::in_process::{call, keeper};
use crate::memory::resident;
use crate::random::Random;

/// Fills a hub with `items` items and rebuilds its index.
pub(super) async fn run(model: Arc<dyn Embedder>, engine: &Engine, items: usize) -> anyhow::Result<()> {
    let questions = labelled::texts()?;
    let dir = tempfile::tempdir()?;
    let store = engine.open(dir.path()).await?;
    fill(&store, items).await?;
    engine.settle().await?;
    let keeper = keeper(store, Arc::new(move || Ok(Arc::clone(&model))), dir.path());
    let begun = Instant::now();
    let answer = call(&keeper, "search_index", json!({"from_scratch": true})).await?;
    let took = begun.elapsed().as_secs_f64();
    println!("rebuild, {items} items on {}", engine.name());
    println!(
        "  {} things, {} vectors, status {} in {took:.1} s (bar: 300 s); {} MB resident (bar: 250 MB)",
        answer["indexed"],
        answer["vectors"],
        answer["status"],
        resident()
    );
    let begun = Instant::now();
    call(&keeper, "search_index", json!({})).await?;
    println!("  again, vectors kept: {:.2} s", begun.elapsed().as_secs_f64());
    let mut times = times(&keeper, &questions).await?;
    latency::print(
        &format!("{} questions through the door, with the vector of what has a meaning", times.len()),
        &mut times,
        40,
    );
    println!("  {} MB resident", resident());
    drop(keeper);
    engine.forget(dir.path()).await
}

/// How long each question takes, asked three times in turn.
async fn times(keeper: &Keeper, questions: &[String]) -> anyhow::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for q in questions.iter().cycle().take(questions.len() * 3) {
        let begun = Instant::now();
        call(keeper, "inventory_search", json!({"q": q})).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

async fn fill(store: &Store, items: usize) -> anyhow::Result<()> {
    let lab = labelled::written()?;
    let mut random = Random(7);
    let mut tx = store.write().await?;
    for (id, written) in lab.iter().cycle().take(items).enumerate() {
        let mut stored = labelled::stored(0, written);
        stored.name = format!("{}-{id:05}", stored.name);
        // Other notes each time: the same text would share one vector.
        let notes = stored.fields.get("notes").and_then(Value::as_str).unwrap_or_default();
        let notes = format!("{notes} Inventory number {id}, shelf {}.", random.below(90));
        stored.fields.insert("notes".into(), notes.into());
        let new = NewItem {
            kind: stored.kind,
            name: stored.name,
            fields: stored.fields,
            created_at: Stamp(0),
            updated_at: Stamp(0),
        };
        tx.insert_item(new).await?;
    }
    tx.commit().await?;
    Ok(())
}
