//! `demo`: a throw-away hub with a sample lab and its history, so that everything can be tried.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context as _, Result};
use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::ports::Clock;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::keeper::{Call, Keeper};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::context::Context;
use super::serve;
use crate::{render, simulated, wire};

/// The sample lab; `ref` names an item within the file.
#[derive(Deserialize)]
struct Sample {
    items: Vec<SampleItem>,
    links: Vec<SampleLink>,
    edits: Vec<SampleEdit>,
    seen: Vec<SampleSighting>,
    memories: Vec<SampleMemory>,
}

#[derive(Deserialize)]
struct SampleItem {
    r#ref: String,
    kind: String,
    days_ago: i64,
    data: Map<String, Value>,
    /// Parent field and what it points at.
    on: Option<(String, String)>,
}

#[derive(Deserialize)]
struct SampleLink {
    from: String,
    rel: String,
    to: String,
    label: Option<String>,
}

#[derive(Deserialize)]
struct SampleEdit {
    days_ago: i64,
    by: String,
    r#ref: String,
    data: Map<String, Value>,
}

#[derive(Deserialize)]
struct SampleSighting {
    r#ref: String,
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct SampleMemory {
    kind: String,
    text: String,
    about: Vec<String>,
}

/// The system's clock, turned back while history is written.
struct PastClock {
    system: wire::SystemClock,
    back: AtomicI64,
}

impl Clock for PastClock {
    fn now(&self) -> Stamp {
        Stamp(self.system.now().0 - self.back.load(Ordering::Relaxed))
    }
}

const DAY: i64 = 86_400_000_000;

pub(super) async fn run(mut context: Context, bind: SocketAddr) -> Result<ExitCode> {
    let dir = tempfile::Builder::new()
        .prefix("labkeeper-demo-")
        .tempdir()
        .context("cannot make a throw-away directory")?;
    // The model is the one thing worth sharing with the real hub.
    context.config.data_dir = dir.path().into();
    context.config.database = dir.path().join("labkeeper.db");
    context.config.api_token = None;
    let cluster = simulated::open().await?;
    context.config.clusters = vec![cluster.settings.clone()];
    let clock = Arc::new(PastClock { system: wire::SystemClock::default(), back: AtomicI64::new(0) });
    let keeper = wire::keeper_with(&context.config, true, clock.clone()).await?;
    render::note("writing a sample lab into a throw-away directory …");
    furnish(&keeper, &clock).await.context("cannot write the sample lab")?;
    let code = serve::hub(&context, keeper, bind).await;
    drop((cluster, dir));
    code
}

async fn furnish(keeper: &Keeper, clock: &PastClock) -> Result<()> {
    let sample: Sample = serde_json::from_str(include_str!("../../demo/lab.json"))?;
    let mut ids: HashMap<String, (String, i64)> = HashMap::new();
    for item in sample.items {
        clock.back.store(item.days_ago * DAY, Ordering::Relaxed);
        let mut data = item.data;
        if let Some((field, parent)) = &item.on {
            data.insert(field.clone(), ids[parent].1.into());
        }
        let made = call(keeper, "anna", "inventory_create", json!({"type": item.kind, "data": data})).await?;
        let id = made["data"]["id"].as_i64().context("a new item without an id")?;
        ids.insert(item.r#ref, (item.kind, id));
    }
    clock.back.store(50 * DAY, Ordering::Relaxed);
    for link in sample.links {
        let mut input = json!({"from": ids[&link.from].1, "rel": link.rel, "to": ids[&link.to].1});
        if let Some(label) = link.label {
            input["label"] = label.into();
        }
        call(keeper, "anna", "link_create", input).await?;
    }
    for edit in sample.edits {
        clock.back.store(edit.days_ago * DAY, Ordering::Relaxed);
        let (kind, id) = &ids[&edit.r#ref];
        call(keeper, &edit.by, "inventory_update", json!({"type": kind, "id": id, "data": edit.data}))
            .await?;
    }
    clock.back.store(0, Ordering::Relaxed);
    let sightings: Vec<Value> =
        sample.seen.iter().map(|seen| json!({"id": ids[&seen.r#ref].1, "fields": seen.fields})).collect();
    call(keeper, "proxmox", "inventory_observe", json!({"source": "proxmox:lab", "sightings": sightings}))
        .await?;
    for memory in sample.memories {
        let links: Vec<i64> = memory.about.iter().map(|name| ids[name].1).collect();
        call(
            keeper,
            "claude",
            "memory_add",
            json!({"kind": memory.kind, "text": memory.text, "links": links}),
        )
        .await?;
    }
    Ok(())
}

async fn call(keeper: &Keeper, by: &str, name: &str, input: Value) -> Result<Value> {
    let (via, session) = match by {
        "claude" => (Via::Mcp, Some("demo-session".to_string())),
        "proxmox" => (Via::System, None),
        _ => (Via::Rest, None),
    };
    let actor = Actor { name: by.into(), via, grant: Grant::FULL, session };
    Ok(keeper.call(Call::new(actor, name, input)).await?.output)
}
