//! A hub in a temporary directory, with a clock that tests move, no model and nobody on the network.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::discovery::Silence;
use labkeeper_core::fault::Fault;
use labkeeper_core::file::FileRules;
use labkeeper_core::ports::{Clock, Embedder, Notifier, Relay, Scout, VectorServer};
use labkeeper_core::stamp::Stamp;
use labkeeper_history::Repository;
use labkeeper_ops::discovery::watch_settings::WatchSettings;
use labkeeper_ops::journal::audit_settings::AuditSettings;
use labkeeper_ops::keeper::{
    Answer, Call, Clusters, EmbedderSource, Keeper, Parts, Safety, Settings, Shells,
};
use labkeeper_ops::operation::{Entry, Toolset};
use labkeeper_store::testing;
use serde_json::{Value, json};

pub(crate) struct Lab {
    pub(crate) keeper: Keeper,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) dir: tempfile::TempDir,
}

/// A clock that stands still until it is moved.
pub(crate) struct MovedClock(AtomicI64);

impl MovedClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::Relaxed);
    }

    pub(crate) fn set(&self, to: Stamp) {
        self.0.store(to.0, Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Stamp {
        Stamp(self.0.load(Ordering::Relaxed))
    }
}

/// What a lab without a model says.
pub(crate) fn no_model() -> Result<Arc<dyn Embedder>, String> {
    Err("no model is installed: labkeeper model install".into())
}

impl Lab {
    pub(crate) async fn new() -> Self {
        Self::on(Arc::new(Silence::default())).await
    }

    /// A lab on that network.
    pub(crate) async fn on(scout: Arc<dyn Scout>) -> Self {
        Self::open(tempfile::tempdir().unwrap(), scout, Arc::new(no_model)).await
    }

    /// A lab on that network, which is watched that way, and whose owner is told by that.
    pub(crate) async fn watching(
        scout: Arc<dyn Scout>,
        watch: WatchSettings,
        notifier: Option<Arc<dyn Notifier>>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovedClock(AtomicI64::new(1_800_000_000_000_000)));
        let mut parts = Self::parts(dir.path(), clock.clone(), scout, Arc::new(no_model)).await;
        parts.settings.watch = watch;
        parts.notifier = notifier;
        Self { keeper: Keeper::new(parts, Vec::new()), clock, dir }
    }

    /// A lab that searches with that model.
    pub(crate) async fn with(embedder: Arc<dyn EmbedderSource>) -> Self {
        let nobody = Arc::new(Silence::default());
        Self::open(tempfile::tempdir().unwrap(), nobody, embedder).await
    }

    /// A lab with those Proxmox clusters.
    pub(crate) async fn connected_to(clusters: Clusters) -> Self {
        Self::reaching(clusters, Shells::default(), FileRules::default()).await
    }

    /// A lab with those Proxmox clusters, those ways into their nodes and guests, and those rules for files.
    pub(crate) async fn reaching(clusters: Clusters, shells: Shells, rules: FileRules) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // The simulated lab lives in real time.
        let now = labkeeper_sim::door::now() * 1_000_000;
        let clock = Arc::new(MovedClock(AtomicI64::new(now)));
        let mut parts =
            Self::parts(dir.path(), clock.clone(), Arc::new(Silence::default()), Arc::new(no_model)).await;
        parts.clusters = clusters;
        parts.shells = shells;
        parts.settings.files = rules;
        parts.history = Some(Arc::new(Repository::new(dir.path().join("config-history"), None)));
        parts.settings.reconcile_every = Some(Duration::from_secs(3600));
        Self { keeper: Keeper::new(parts, Vec::new()), clock, dir }
    }

    /// A lab with those operations beside the usual ones, and that careful.
    pub(crate) async fn with_operations(extra: Vec<Entry>, safety: Safety) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovedClock(AtomicI64::new(1_800_000_000_000_000)));
        let mut parts =
            Self::parts(dir.path(), clock.clone(), Arc::new(Silence::default()), Arc::new(no_model)).await;
        parts.settings.safety = safety;
        Self { keeper: Keeper::new(parts, extra), clock, dir }
    }

    /// A lab in that directory whose audit log is kept that way.
    pub(crate) async fn keeping(dir: tempfile::TempDir, audit: AuditSettings) -> Self {
        let clock = Arc::new(MovedClock(AtomicI64::new(1_800_000_000_000_000)));
        let mut parts =
            Self::parts(dir.path(), clock.clone(), Arc::new(Silence::default()), Arc::new(no_model)).await;
        parts.settings.audit = audit;
        Self { keeper: Keeper::new(parts, Vec::new()), clock, dir }
    }

    /// A hub in a directory that outlives it, kept that way.
    pub(crate) async fn living_in(dir: &std::path::Path, audit: AuditSettings) -> Keeper {
        let clock = Arc::new(MovedClock(AtomicI64::new(1_800_000_000_000_000)));
        let mut parts = Self::parts(dir, clock, Arc::new(Silence::default()), Arc::new(no_model)).await;
        parts.settings.audit = audit;
        Keeper::new(parts, Vec::new())
    }

    /// The same data directory in a new process, after this one has ended.
    pub(crate) async fn restarted(self, extra: Vec<Entry>) -> Self {
        let Self { keeper, clock, dir } = self;
        keeper.store().close().await;
        drop(keeper);
        let parts =
            Self::parts(dir.path(), clock.clone(), Arc::new(Silence::default()), Arc::new(no_model)).await;
        Self { keeper: Keeper::new(parts, extra), clock, dir }
    }

    /// What time it is there.
    pub(crate) fn now(&self) -> Stamp {
        self.clock.now()
    }

    /// Another process on the same data directory, with nothing in memory.
    pub(crate) async fn beside(&self, embedder: Arc<dyn EmbedderSource>) -> Keeper {
        Self::keeper(self.dir.path(), self.clock.clone(), Arc::new(Silence::default()), embedder).await
    }

    /// The same, which knows these operations too.
    pub(crate) async fn beside_with(&self, extra: Vec<Entry>) -> Keeper {
        let nobody = Arc::new(Silence::default());
        Keeper::new(Self::parts(self.dir.path(), self.clock.clone(), nobody, Arc::new(no_model)).await, extra)
    }

    /// The same, with its vectors on that server.
    pub(crate) async fn beside_on(
        &self,
        embedder: Arc<dyn EmbedderSource>,
        vectors: Arc<dyn VectorServer>,
    ) -> Keeper {
        let nobody = Arc::new(Silence::default());
        let parts = Self::parts(self.dir.path(), self.clock.clone(), nobody, embedder).await;
        Keeper::new(Parts { vectors: Some(vectors), ..parts }, Vec::new())
    }

    /// The same, which passes word through that relay.
    pub(crate) async fn beside_through(&self, relay: Arc<dyn Relay>) -> Keeper {
        let nobody = Arc::new(Silence::default());
        let parts = Self::parts(self.dir.path(), self.clock.clone(), nobody, Arc::new(no_model)).await;
        Keeper::new(Parts { relay: Some(relay), ..parts }, Vec::new())
    }

    async fn open(dir: tempfile::TempDir, scout: Arc<dyn Scout>, embedder: Arc<dyn EmbedderSource>) -> Self {
        let clock = Arc::new(MovedClock(AtomicI64::new(1_800_000_000_000_000)));
        let keeper = Self::keeper(dir.path(), clock.clone(), scout, embedder).await;
        Self { keeper, clock, dir }
    }

    async fn keeper(
        dir: &std::path::Path,
        clock: Arc<MovedClock>,
        scout: Arc<dyn Scout>,
        embedder: Arc<dyn EmbedderSource>,
    ) -> Keeper {
        Keeper::new(Self::parts(dir, clock, scout, embedder).await, Vec::new())
    }

    async fn parts(
        dir: &std::path::Path,
        clock: Arc<MovedClock>,
        scout: Arc<dyn Scout>,
        embedder: Arc<dyn EmbedderSource>,
    ) -> Parts {
        let store = testing::open(&dir.join("lab.db")).await.unwrap();
        Parts {
            store,
            clock,
            embedder,
            scout,
            clusters: Default::default(),
            shells: Default::default(),
            vectors: None,
            relay: None,
            notifier: None,
            history: None,
            settings: Settings {
                version: "0.0.0-test".into(),
                demo: false,
                data_dir: dir.into(),
                toolsets: vec![Toolset::Inventory],
                api_token: None,
                health: labkeeper_core::health::Thresholds::default(),
                snapshots_kept: 3,
                snapshot_memory: false,
                backups: Default::default(),
                history: Default::default(),
                files: Default::default(),
                ceiling: labkeeper_core::tier::Tier::Root,
                safety: Default::default(),
                audit: Default::default(),
                reconcile_every: None,
                watch: Default::default(),
            },
        }
    }

    pub(crate) async fn call(&self, name: &str, input: Value) -> Result<Answer, Fault> {
        self.call_as(Actor::local(Via::Cli), name, input).await
    }

    pub(crate) async fn call_as(&self, actor: Actor, name: &str, input: Value) -> Result<Answer, Fault> {
        self.clock.advance(Duration::from_secs(1));
        self.keeper.call(Call::new(actor, name, input)).await
    }

    /// The output of a call that must succeed.
    pub(crate) async fn ask(&self, name: &str, input: Value) -> Value {
        match self.call(name, input).await {
            Ok(answer) => answer.output,
            Err(fault) => panic!("{name} was refused: {fault} {:?} {:?}", fault.hint, fault.details),
        }
    }

    /// The fault of a call that must not succeed.
    pub(crate) async fn refused(&self, name: &str, input: Value) -> Fault {
        match self.call(name, input.clone()).await {
            Ok(answer) => panic!("{name} {input} was not refused: {}", answer.output),
            Err(fault) => fault,
        }
    }

    /// Creates an item and answers its id.
    pub(crate) async fn create(&self, kind: &str, data: Value) -> i64 {
        self.ask("inventory_create", json!({"type": kind, "data": data})).await["data"]["id"]
            .as_i64()
            .unwrap()
    }

    /// Everything a person can see of the inventory, without bookkeeping that every write moves.
    pub(crate) async fn world(&self) -> Value {
        let mut view = self.keeper.store().snapshot().await.unwrap();
        let items = view.items(labkeeper_store::ItemFilter::All).await.unwrap();
        let items: Vec<Value> = items
            .iter()
            .map(|item| {
                json!({
                    "id": item.id, "kind": item.kind, "name": item.name, "fields": item.fields,
                    "created_at": item.created_at, "updated_at": item.updated_at,
                })
            })
            .collect();
        json!({
            "items": items,
            "links": view.links(None).await.unwrap(),
            "positions": view.positions().await.unwrap(),
            "observations": view.observations(None).await.unwrap(),
            "identities": view.identities(None).await.unwrap(),
            "memories": view.memories().await.unwrap(),
        })
    }
}

/// An assistant with a read-only token.
pub(crate) fn reader() -> Actor {
    Actor {
        name: "reader".into(),
        grant: Grant::READ,
        session: Some("s-read".into()),
        ..Actor::local(Via::Mcp)
    }
}

/// An assistant that may change the inventory.
pub(crate) fn assistant(session: &str) -> Actor {
    let grant = labkeeper_core::actor::Scope::Write.grant();
    Actor { name: "assistant".into(), grant, session: Some(session.into()), ..Actor::local(Via::Mcp) }
}
