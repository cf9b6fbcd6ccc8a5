//! A hub in this process, on a clock that stands still: what the door itself costs, without HTTP.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::discovery::Silence;
use labkeeper_core::ports::Clock;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::keeper::{Call, Clusters, EmbedderSource, Keeper, Parts, Settings};
use labkeeper_store::Store;
use serde_json::Value;

pub(crate) fn keeper(store: Store, embedder: Arc<dyn EmbedderSource>, dir: &Path) -> Keeper {
    connected_to(store, embedder, dir, Clusters::default())
}

/// As [`keeper`], with those Proxmox clusters.
pub(crate) fn connected_to(
    store: Store,
    embedder: Arc<dyn EmbedderSource>,
    dir: &Path,
    clusters: Clusters,
) -> Keeper {
    let settings = Settings {
        version: "bench".into(),
        demo: false,
        data_dir: dir.into(),
        toolsets: Vec::new(),
        api_token: None,
        health: labkeeper_core::health::Thresholds::default(),
        snapshots_kept: 3,
        snapshot_memory: false,
        backups: Default::default(),
        history: Default::default(),
        ceiling: labkeeper_core::tier::Tier::Root,
        files: Default::default(),
        safety: Default::default(),
        audit: Default::default(),
        reconcile_every: None,
        watch: Default::default(),
    };
    let parts = Parts {
        store,
        clock: Arc::new(Still),
        embedder,
        scout: Arc::new(Silence::default()),
        clusters,
        shells: Default::default(),
        vectors: None,
        relay: None,
        notifier: None,
        history: None,
        settings,
    };
    Keeper::new(parts, Vec::new())
}

/// The output of a call that must succeed.
pub(crate) async fn call(keeper: &Keeper, name: &str, input: Value) -> Result<Value> {
    let call = Call::new(Actor::local(Via::Cli), name, input);
    Ok(keeper.call(call).await.map_err(|fault| anyhow!("{fault} {:?}", fault.details))?.output)
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Stamp {
        Stamp(1_800_000_000_000_000)
    }
}
