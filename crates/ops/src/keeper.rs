//! The one door. Every call of every face passes the same stages, in this order; adding a rule means
//! editing one stage:
//! offered → parse → plan → weigh → decide → intent → run → verify → outcome → present.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::{Clock, Later, Scout};
use labkeeper_redact::ModelValue;
use labkeeper_store::Store;
use serde_json::Value;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::access::Access;
use crate::approval::ticket;
use crate::at_work::Place;
use crate::cache::Cache;
use crate::cx::Cx;
use crate::desk::Desk;
use crate::house::House;
use crate::operation::{Entry, Plan};
use crate::progress::Progress;
use crate::span;
use crate::stages::{decide, intent, offered, outcome, parse, restore, run, taint, weigh};
use crate::telling;

pub use crate::at_work::Unfinished;
pub use crate::call::{Answer, Call};
pub use crate::clusters::Clusters;
pub use crate::house::{EmbedderSource, Parts, Settings};
pub use crate::safety::Safety;
pub use crate::sessions::OwnSecret;
pub use crate::shells::Shells;
pub use labkeeper_store::Edition;

struct Inner {
    house: House,
    entries: Vec<Entry>,
    cache: Cache,
}

/// The hub: registry, store, ports, and the door to them. Cheap to clone.
#[derive(Clone)]
pub struct Keeper(Arc<Inner>);

impl Keeper {
    pub(crate) fn with(parts: Parts, entries: Vec<Entry>) -> Self {
        Self(Arc::new(Inner { house: House::new(parts), entries, cache: Cache::default() }))
    }

    /// The whole registry.
    pub fn registry(&self) -> &[Entry] {
        &self.0.entries
    }

    /// The operations that exist for this actor.
    pub fn offered<'a>(&'a self, actor: &'a Actor) -> impl Iterator<Item = &'a Entry> {
        self.registry()
            .iter()
            .filter(|entry| offered::is_offered(&entry.meta, actor.grant, self.settings().ceiling))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        self.0.house.store()
    }

    /// Settings given at start.
    pub fn settings(&self) -> &Settings {
        self.0.house.settings()
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.0.house.clock()
    }

    /// Eyes on the network.
    pub fn scout(&self) -> &Arc<dyn Scout> {
        self.0.house.scout()
    }

    /// The Proxmox clusters that are connected.
    pub fn clusters(&self) -> &Clusters {
        self.0.house.clusters()
    }

    /// The ways into their nodes and guests.
    pub fn shells(&self) -> &Shells {
        self.0.house.shells()
    }

    /// Text to vector, when there is a model.
    pub fn embedder(&self) -> &Arc<dyn EmbedderSource> {
        self.0.house.embedder()
    }

    /// Cancelled when this process is to end, by [`Keeper::end_within`] or whoever else tells it so: what takes long hears it and stops, and
    /// nothing that changes something is begun any more.
    pub fn ending(&self) -> &CancellationToken {
        self.house().at_work().ending()
    }

    /// Tells all that is at work to end and waits for its outcome, no longer than `limit`. Answers what had not ended by then; when the
    /// process ends, others find out what came of that.
    pub async fn end_within(&self, limit: Duration) -> Vec<Unfinished> {
        self.house().at_work().end_within(limit).await
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    pub(crate) fn house(&self) -> &House {
        &self.0.house
    }

    pub(crate) fn access(&self) -> &Access {
        self.0.house.access()
    }

    /// The one door.
    ///
    /// # Errors
    /// A [`Fault`] that says what to do; the audit log has refusals and failures of writes too.
    pub async fn call(&self, call: Call) -> Result<Answer, Fault> {
        let (name, actor) = (call.name.clone(), call.actor.clone());
        let entry = offered::find(self.registry(), &actor, self.settings().ceiling, &name)?;
        let span = span::of(&entry.meta, &actor);
        let mut is_spawned = false;
        let place = self.house().at_work().enter(entry.meta.name, self.clock().now());
        let work = async {
            let answer = self.through(entry, call, place, &mut is_spawned).await;
            telling::for_program(self.house(), &actor, &entry.meta, answer)
                .map_err(|fault| logged(&name, fault))
        };
        let answer = work.instrument(span.clone()).await;
        if !is_spawned {
            span::ended(&span, &answer);
        }
        answer
    }

    /// `is_spawned` tells that the work is on its own, and notes by itself how it comes out.
    async fn through(
        &self,
        entry: &Entry,
        call: Call,
        place: Place,
        is_spawned: &mut bool,
    ) -> Result<Answer, Fault> {
        let asks_again = call.asks_again();
        let progress: Arc<dyn Progress> = match call.actor.is_person() {
            true => call.progress,
            false => Arc::new(telling::ToldProgress {
                house: self.0.house.clone(),
                actor: call.actor.clone(),
                watched_by: call.progress,
            }),
        };
        let mut cx = Cx {
            house: self.0.house.clone(),
            desk: Arc::new(self.clone()),
            actor: call.actor.clone(),
            now: self.clock().now(),
            progress,
            cancelled: self.ending().child_token(),
            asks_again,
            tx: None,
            reverts: None,
            summary: None,
            stands_on: None,
        };
        let input = restore::restore(&cx, &entry.meta, call.input)?;
        let request = parse::parse(entry, input)?;
        if !entry.meta.effect.is_write() {
            taint::before_run(&cx, &entry.meta)?;
            let given_up = cx.cancelled.clone();
            let run = request.operation.run(&mut cx);
            let mut output = heeding(&call.cancelled, &given_up, run).await?;
            if let Some(list) = entry.meta.list {
                output = request.trim.applied(output, list)?;
            }
            return Ok(Answer { output, change_id: None, audit_seq: None, dry_run: false });
        }
        // What this call itself shows of strangers' words came after its input.
        let tainted_by = self.house().sessions().tainted_by(&cx.actor);
        taint::before_plan(&cx, &entry.meta)?;
        let plan = request.operation.plan(&mut cx).await?;
        // Of what the operation itself says: what is remembered of the session may not be known where a person says yes.
        let digest = ticket::digest(self.store(), &cx.actor, entry.meta.name, &request.input, &plan);
        let plan = weigh::weigh(&cx, &entry.meta, tainted_by, plan);
        let about = intent::about(&cx, &entry.meta, &request.canonical, &plan)?;
        let decided = decide::decide(&cx, &about, &plan, &request, digest, call.ticket.as_ref()).await?;
        if let Some(output) = decided {
            return Ok(Answer { output, change_id: None, audit_seq: None, dry_run: true });
        }
        taint::before_run(&cx, &entry.meta)?;
        self.house().at_work().may_begin(entry.meta.name)?;
        cx.stands_on = plan.stands_on;
        let asked = intent::write(&cx, &about).await?;
        // Spawned, so that a caller who hangs up cannot leave it half done.
        let meta = entry.meta;
        let patience = call.patience.filter(|_| meta.acts);
        // What goes on as a job is not given up when its caller is gone, so that only a caller who still waits is heeded then.
        let given_up = cx.cancelled.clone();
        let heeded = if patience.is_some() { CancellationToken::new() } else { call.cancelled.clone() };
        let work = async move {
            let _at_work = place;
            let name = about.op.clone();
            let own = cx.cancelled.clone();
            let done = heeding(&heeded, &own, run::run(&meta, request.operation, &mut cx)).await;
            let done =
                outcome::settle(cx, &meta, about, asked, done).await.map_err(|fault| logged(&name, fault));
            span::ended(&Span::current(), &done);
            done
        };
        *is_spawned = true;
        let mut work = tokio::spawn(work.in_current_span());
        let ended = |done: Result<Result<Answer, Fault>, JoinError>| {
            done.unwrap_or_else(|panic| {
                let failed = Err(Fault::internal(&panic));
                span::ended(&Span::current(), &failed);
                failed
            })
        };
        let Some(patience) = patience else {
            return ended(work.await);
        };
        tokio::select! {
            done = &mut work => ended(done),
            () = call.cancelled.cancelled() => {
                given_up.cancel();
                ended(work.await)
            }
            () = tokio::time::sleep(patience) => Err(self.house().jobs().go_on(asked, &call.actor, meta.name, work)),
        }
    }

    /// What a model may read of that; see `telling.rs`.
    pub fn for_model(&self, actor: &Actor, value: Value) -> ModelValue {
        telling::for_model(self.house(), actor, value)
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

impl Desk for Keeper {
    fn plan<'a>(&'a self, actor: &'a Actor, name: &'a str, input: Value) -> Later<'a, Result<Value, Fault>> {
        Box::pin(async move {
            let entry = offered::find(self.registry(), actor, self.settings().ceiling, name)?;
            if !entry.meta.effect.is_write() {
                parse::parse(entry, input)?;
                return Ok(Plan::allow(format!("{}: reads, changes nothing", entry.meta.title)).shown());
            }
            Ok(Self::plan(self, Call::new(actor.clone(), name, input)).await?.output)
        })
    }

    fn carry_out<'a>(&'a self, call: Call) -> Later<'a, Result<Answer, Fault>> {
        Box::pin(async move {
            let actor = call.actor.clone();
            telling::as_kept(self.house(), &actor, self.call(call).await)
        })
    }

    fn offers(&self, actor: &Actor, name: &str) -> bool {
        self.offered(actor).any(|entry| entry.meta.name == name)
    }
}

/// Does the work, and cancels `own` when `caller` is cancelled meanwhile: a token has one parent, and that of a call is the hub's end.
async fn heeding<T>(caller: &CancellationToken, own: &CancellationToken, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        () = caller.cancelled() => own.cancel(),
        done = &mut work => return done,
    }
    work.await
}

/// Our own mistakes are logged where they come out, also when nobody waits for the answer any more.
fn logged(name: &str, mut fault: Fault) -> Fault {
    if let Some(reason) = fault.take_reason() {
        tracing::error!(op.name = name, reason, "an operation failed inside");
    }
    fault
}
