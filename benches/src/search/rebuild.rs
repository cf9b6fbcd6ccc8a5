//! How long `search_index` takes over a whole hub from nothing, and how much memory the process holds then.

use std::sync::Arc;
use std::time::Instant;

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::discovery::Silence;
use labkeeper_core::ports::{Clock, Embedder};
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::keeper::{Call, Keeper, Parts, Settings};
use labkeeper_store::{NewItem, Store};
use serde_json::{Value, json};

use super::labelled;
use super::random::Random;

/// Fills a hub with `items` items and rebuilds its index.
pub(super) async fn run(model: Arc<dyn Embedder>, items: usize) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let store = Store::open(&dir.path().join("bench.db")).await?;
    fill(&store, items).await?;
    let keeper = Keeper::new(parts(store, model, dir.path()), Vec::new());
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

async fn call(keeper: &Keeper, name: &str, input: Value) -> anyhow::Result<Value> {
    let call = Call::new(Actor::local(Via::Cli), name, input);
    Ok(keeper.call(call).await.map_err(|fault| anyhow::anyhow!("{fault} {:?}", fault.details))?.output)
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

fn parts(store: Store, model: Arc<dyn Embedder>, dir: &std::path::Path) -> Parts {
    Parts {
        store,
        clock: Arc::new(Still),
        embedder: Arc::new(move || Ok(Arc::clone(&model))),
        scout: Arc::new(Silence::default()),
        clusters: Default::default(),
        settings: Settings {
            version: "bench".into(),
            demo: false,
            data_dir: dir.into(),
            toolsets: Vec::new(),
            api_token: None,
        },
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Stamp {
        Stamp(1_800_000_000_000_000)
    }
}

/// Megabytes of memory the process holds; 0 where the system does not say.
pub(super) fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes =
        line.and_then(|line| line.split_whitespace().next()).and_then(|text| text.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
