//! How long `search_index` takes over a whole hub from nothing, and how much memory the process holds then.

use std::sync::Arc;
use std::time::Instant;

use labkeeper_core::ports::Embedder;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{NewItem, Store};
use serde_json::{Value, json};

use super::labelled;
use crate::in_process::{call, keeper};
use crate::memory::resident;
use crate::random::Random;

/// Fills a hub with `items` items and rebuilds its index.
pub(super) async fn run(model: Arc<dyn Embedder>, items: usize) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let store = Store::open(&dir.path().join("bench.db")).await?;
    fill(&store, items).await?;
    let keeper = keeper(store, Arc::new(move || Ok(Arc::clone(&model))), dir.path());
    let begun = Instant::now();
    let answer = call(&keeper, "search_index", json!({"from_scratch": true})).await?;
    let took = begun.elapsed().as_secs_f64();
    println!("rebuild, {items} items");
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
    let mut times = Vec::new();
    for q in ["old nas in the basement", "10.10.", "postgres database", "who backs up the photos", ":8006"] {
        let begun = Instant::now();
        call(&keeper, "inventory_search", json!({"q": q})).await?;
        times.push(format!("{:.0}", begun.elapsed().as_secs_f64() * 1000.0));
    }
    println!("  five questions through the door, ms: {}; {} MB resident", times.join(" "), resident());
    Ok(())
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
