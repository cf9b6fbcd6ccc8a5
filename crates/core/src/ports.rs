//! What the rules need from the world, as traits: the crates that touch it implement them, `ops` sees only these.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use crate::discovery::{Contact, Reachability, Sweep, SweepProgress, SweepReport, Territory};
use crate::pve::{Call, ClusterName, LogLine, PveError, Request, TaskEnd, TokenId, Upid, Visit};
use crate::tier::Tier;

/// Turns texts into vectors whose dot product is their similarity in meaning.
///
/// *Invariant:* every vector has [`Embedder::dimensions`] numbers and length one, so a dot product is a cosine.
pub trait Embedder: Send + Sync {
    /// Names the model and its rounding. Vectors of different names must never be compared; store it beside them.
    fn model_id(&self) -> &str;

    /// How many numbers each vector has.
    fn dimensions(&self) -> usize;

    /// One unit-length vector per text, in the order given. Blocks for milliseconds a text: call it off the async
    /// threads. Texts longer than the model reads are embedded by their beginning; an empty text has a vector too.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// Why no vectors came back. Search goes on with words alone and shows this text as the reason.
#[derive(Debug, Error)]
pub enum EmbedError {
    /// The embedder broke on this call; other texts may well work.
    #[error(
        "could not turn the text into a vector: {reason}; search by words still answers, rebuild the index to try again"
    )]
    Failed { reason: String },
}

/// An answer that comes later, from a trait object.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Told how a sweep goes, after every address and several times a second in between; the answer `Break` stops it.
pub type Watch<'a> = &'a (dyn Fn(SweepProgress<'_>) -> ControlFlow<()> + Send + Sync);

/// Looks at the network: who answers, and what they say.
///
/// Dropping a future stops its probes at once; nothing goes on behind the caller's back.
pub trait Scout: Send + Sync {
    /// Where it may look; plan a [`Sweep`] with it.
    fn territory(&self) -> &Territory;

    /// One answer per contact, in the order given; asked side by side, each bounded to about two seconds.
    fn reach(&self, contacts: Vec<Contact>) -> Later<'_, Vec<Reachability>>;

    /// Walks the block. A stopped sweep reports what it had found by then.
    fn sweep<'a>(&'a self, plan: &'a Sweep, watch: Watch<'a>) -> Later<'a, SweepReport>;
}

/// One Proxmox VE cluster, or a single node, through its API.
///
/// *Invariant:* a token leaves this machine only over a connection whose certificate was found to be the pinned one. A request that
/// changes something is sent at most once. Dropping a future drops what it was waiting for; a task that had begun goes on.
pub trait Pve: Send + Sync {
    /// What the owner calls it.
    fn cluster(&self) -> &ClusterName;

    /// The token it is asked with.
    fn token(&self) -> &TokenId;

    /// The tier that the token was made for; `None` when nobody said.
    fn tier(&self) -> Option<Tier>;

    /// A look at each endpoint by itself, over a connection that is opened for it: [`Pve::ask`] gets around one that is gone and
    /// goes on over a connection that is open, so only this shows how each is now. Each is over within five seconds.
    fn visits(&self) -> Vec<Later<'_, Visit>>;

    /// Sends one request and gives back the answer's `data`. Use `call`, which knows the answer's type.
    fn ask<'a>(&'a self, request: &'a Request) -> Later<'a, Result<Value, PveError>>;

    /// Waits until the task has ended, also badly: look at [`TaskEnd::is_good`]. `watch` hears every line of its log once, in
    /// order, as it is written.
    ///
    /// # Errors
    /// [`PveError::TaskUnfinished`] when it goes on for longer than `patience`; what [`Pve::ask`] fails with when the node cannot
    /// be asked about it any more, after transient failures were waited out.
    fn await_task<'a>(
        &'a self,
        upid: &'a Upid,
        patience: Duration,
        watch: TaskWatch<'a>,
    ) -> Later<'a, Result<TaskEnd, PveError>>;
}

/// Told each line of a task's log.
pub type TaskWatch<'a> = &'a (dyn Fn(&LogLine) + Send + Sync);

impl dyn Pve + '_ {
    /// Carries out a call of [`crate::pve::calls`].
    ///
    /// # Errors
    /// Why the cluster did not answer, or not what was asked for.
    pub async fn call<T: DeserializeOwned>(&self, call: &Call<T>) -> Result<T, PveError> {
        call.read(self.ask(call.request()).await?)
    }

    /// Carries out a call that begins a task, and waits for its good end.
    ///
    /// # Errors
    /// [`PveError::TaskFailed`] when it ended badly, and all of [`Pve::await_task`].
    pub async fn carry_through(
        &self,
        call: &Call<Upid>,
        patience: Duration,
        watch: TaskWatch<'_>,
    ) -> Result<TaskEnd, PveError> {
        let upid = self.call(call).await?;
        let end = self.await_task(&upid, patience, watch).await?;
        if end.is_good() { Ok(end) } else { Err(PveError::TaskFailed(Box::new(end))) }
    }
}

/// What time it is, as a parameter: the binary gives the system's, tests move theirs.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> crate::stamp::Stamp;
}
