//! The one door. Every call of every face passes the same stages, in this order; adding a rule means
//! editing one stage:
//! offered → parse → plan → decide → intent → run → verify → outcome → present.

use std::sync::Arc;

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::{Clock, Embedder, Scout};
use labkeeper_store::Store;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::cache::Cache;
use crate::cx::{Cx, Progress, Unwatched};
use crate::operation::{Entry, Toolset};
use crate::stages::{decide, intent, offered, outcome, parse, present, run};

/// What the hub is told once, at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Version of the program.
    pub version: String,
    /// A throw-away hub with invented data.
    pub demo: bool,
    /// Where files beside the database go.
    pub data_dir: std::path::PathBuf,
    /// Operation groups offered to models.
    pub toolsets: Vec<Toolset>,
    /// `API_TOKEN`: opens everything, when set.
    pub api_token: Option<String>,
}

/// What the hub is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Text to vector; opened on first use, the error says why there is none.
    pub embedder: Arc<dyn EmbedderSource>,
    /// Eyes on the network.
    pub scout: Arc<dyn Scout>,
    /// Settings.
    pub settings: Settings,
}

/// Gives the embedder when search first needs it, so that a start does not wait for a model.
pub trait EmbedderSource: Send + Sync {
    /// The embedder, or why meaning is not searched. Blocks while loading.
    ///
    /// # Errors
    /// One sentence with the way out.
    fn get(&self) -> Result<Arc<dyn Embedder>, String>;
}

struct Inner {
    parts: Parts,
    entries: Vec<Entry>,
    cache: Cache,
}

/// The hub: registry, store, ports, and the door to them. Cheap to clone.
#[derive(Clone)]
pub struct Keeper(Arc<Inner>);

/// One call through the door.
pub struct Call {
    /// Who calls.
    pub actor: Actor,
    /// Which operation.
    pub name: String,
    /// Its input; null means none.
    pub input: Value,
    /// Whoever watches.
    pub progress: Arc<dyn Progress>,
    /// Set when the caller gives up.
    pub cancelled: CancellationToken,
}

impl Call {
    /// A call that nobody watches.
    pub fn new(actor: Actor, name: impl Into<String>, input: Value) -> Self {
        Self {
            actor,
            name: name.into(),
            input,
            progress: Arc::new(Unwatched),
            cancelled: CancellationToken::new(),
        }
    }
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The operation's output.
    pub output: Value,
    /// Its entry in the change journal.
    pub change_id: Option<i64>,
    /// Its intent in the audit log.
    pub audit_seq: Option<i64>,
    /// The output is a plan; nothing happened.
    pub dry_run: bool,
}

impl Keeper {
    /// Puts the parts together with every operation labkeeper has, and those of `extra`.
    pub fn new(parts: Parts, extra: Vec<Entry>) -> Self {
        let mut entries = crate::all::all();
        entries.extend(extra);
        Self(Arc::new(Inner { parts, entries, cache: Cache::default() }))
    }

    /// The whole registry.
    pub fn registry(&self) -> &[Entry] {
        &self.0.entries
    }

    /// The operations that exist for this actor.
    pub fn offered<'a>(&'a self, actor: &'a Actor) -> impl Iterator<Item = &'a Entry> {
        self.registry().iter().filter(|entry| offered::is_offered(&entry.meta, actor.grant))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// Settings given at start.
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.parts.clock
    }

    /// Eyes on the network.
    pub fn scout(&self) -> &Arc<dyn Scout> {
        &self.0.parts.scout
    }

    /// Text to vector, when there is a model.
    pub fn embedder(&self) -> &Arc<dyn EmbedderSource> {
        &self.0.parts.embedder
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    /// The one door.
    ///
    /// # Errors
    /// A [`Fault`] that says what to do; the audit log has refusals and failures of writes too.
    pub async fn call(&self, call: Call) -> Result<Answer, Fault> {
        let entry = offered::find(self, &call.actor, &call.name)?;
        let request = parse::parse(entry, call.input)?;
        let mut cx = Cx {
            keeper: self.clone(),
            actor: call.actor,
            now: self.clock().now(),
            progress: call.progress,
            cancelled: call.cancelled,
            tx: None,
            reverts: None,
            summary: None,
        };
        if !entry.meta.effect.is_write() {
            let output = request.operation.run(&mut cx).await?;
            return Ok(Answer {
                output: present::present(&cx.actor, output),
                change_id: None,
                audit_seq: None,
                dry_run: false,
            });
        }
        let plan = request.operation.plan(&mut cx).await?;
        let about = intent::about(&cx, &entry.meta, &request.canonical, &plan);
        if let Some(output) = decide::decide(&cx, &about, &plan, request.confirm, request.dry_run).await? {
            return Ok(Answer { output, change_id: None, audit_seq: None, dry_run: true });
        }
        let asked = intent::write(&cx, &about).await?;
        // Spawned, so that a caller who hangs up cannot leave it half done.
        let work = tokio::spawn(async move {
            let done = run::run(request.operation, &mut cx).await;
            outcome::settle(cx, about, asked, done).await
        });
        work.await.map_err(|panic| Fault::internal(&panic))?
    }

    /// A plan of a call without doing it, whatever its input says about `dry_run`.
    ///
    /// # Errors
    /// As [`Keeper::call`].
    pub async fn plan(&self, mut call: Call) -> Result<Answer, Fault> {
        if let Some(input) = call.input.as_object_mut() {
            input.insert("dry_run".into(), true.into());
        }
        self.call(call).await
    }
}
