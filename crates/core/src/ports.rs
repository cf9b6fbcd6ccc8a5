//! What the rules need from the world, as traits: the crates that touch it implement them, `ops` sees only these.

use std::future::Future;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use thiserror::Error;

use crate::discovery::{
    Contact, Fetched, Knocked, OutOfBounds, Reachability, Sweep, SweepProgress, SweepReport, Territory,
    WebAddress,
};
use crate::history::{Commit, HistoryError, Question, Revision, State, TreePath};
use crate::provision::rights::Extras;
use crate::pve::{Call, ClusterName, LogLine, NodeName, PveError, Request, TaskEnd, TokenId, Upid, Visit};
use crate::shell::{
    Command, Dialect, Expected, FileFacts, FilePath, Finished, Listing, Piece, Replaced, ShellError, Spot,
    Window,
};
use crate::tier::Tier;
use crate::vectors::{Near, Neighbours, Point, PointId, Ready, Space, Standing, VectorError};

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

/// A server that keeps vectors and finds the nearest of them. Without one they are kept in memory.
///
/// *Invariant:* what was put or removed is so for every question that is asked after the answer, from wherever it is asked. Each call
/// is over within a time limit. Nothing is ever changed in a place that was not made by labkeeper for the same lab.
pub trait VectorServer: Send + Sync {
    /// Which server it is and which of its collections, without what is secret.
    fn place(&self) -> &str;

    /// Makes sure of a place for vectors of that space, and of nothing in it that belongs to another. With `replace`, a place of ours
    /// that holds vectors of another model is emptied; without, it is left and refused.
    fn prepare<'a>(&'a self, space: &'a Space, replace: bool) -> Later<'a, Result<Ready, VectorError>>;

    /// Looks whether it could be the place of that lab, or of any, and changes nothing; `None` when it is not made yet.
    fn look<'a>(&'a self, lab: Option<&'a str>) -> Later<'a, Result<Option<Standing>, VectorError>>;

    /// Every point there is, with the print of its label.
    fn held(&self) -> Later<'_, Result<Vec<(PointId, String)>, VectorError>>;

    /// Puts these, in place of what is there under the same names.
    fn put<'a>(&'a self, points: &'a [Point]) -> Later<'a, Result<(), VectorError>>;

    /// Removes these; one that is not there is removed already.
    fn remove<'a>(&'a self, points: &'a [PointId]) -> Later<'a, Result<(), VectorError>>;

    /// An answer for each question, from one moment or nearly so.
    fn nearest<'a>(&'a self, questions: &'a [Near]) -> Later<'a, Result<Vec<Neighbours>, VectorError>>;

    /// How much it holds.
    fn standing(&self) -> Later<'_, Result<Standing, VectorError>>;

    /// Leaves a note that everything up to that event is in it.
    fn note(&self, event: i64) -> Later<'_, Result<(), VectorError>>;

    /// Gives the place of that lab up, with all that is in it.
    fn clear<'a>(&'a self, lab: &'a str) -> Later<'a, Result<(), VectorError>>;
}

/// Where the processes of one hub pass word to each other, count together what each would count alone, and keep answers for each other.
///
/// *Invariant:* nothing is only there. It may be away, slow or emptied at any moment: a word is lost then, and a count begins anew; so
/// whoever uses it has a way without it. Each call but [`Relay::hear`] is over within a fraction of a second, also when nobody answers.
pub trait Relay: Send + Sync {
    /// Which server it is, without what is secret.
    fn place(&self) -> &str;

    /// Why it was of no use when it was last asked; `None` when it was.
    fn trouble(&self) -> Option<RelayError>;

    /// Asks it for everything that it is used for, and leaves nothing behind.
    fn knock(&self) -> Later<'_, Result<(), RelayError>>;

    /// Tells the other processes that there are events up to that number.
    fn tell(&self, event: i64) -> Later<'_, Result<(), RelayError>>;

    /// Listens to what is told, by this process too, until that is no longer possible or nothing was said for long. `heard` is
    /// called with zero once it listens: what was told before was missed.
    fn hear<'a>(&'a self, heard: &'a (dyn Fn(i64) + Send + Sync)) -> Later<'a, Result<(), RelayError>>;

    /// Counts one more under that name, by a mark of its own, if fewer than `allowed` were counted within the window; else how long
    /// it takes until they are. In one step: whoever comes at the same moment is counted before or after.
    fn attempt<'a>(
        &'a self,
        name: &'a str,
        mark: &'a str,
        window: Duration,
        allowed: usize,
    ) -> Later<'a, Result<Option<Duration>, RelayError>>;

    /// How long it takes until fewer than `allowed` were counted within the window; `None` when there are fewer.
    fn wait<'a>(
        &'a self,
        name: &'a str,
        window: Duration,
        allowed: usize,
    ) -> Later<'a, Result<Option<Duration>, RelayError>>;

    /// That one does not count after all.
    fn take_back<'a>(&'a self, name: &'a str, mark: &'a str) -> Later<'a, Result<(), RelayError>>;

    /// What any process of the hub kept under that name, unless it is gone or is not theirs.
    fn recall<'a>(&'a self, name: &'a str) -> Later<'a, Result<Option<Vec<u8>>, RelayError>>;

    /// Keeps it for a while, for all processes of the hub. It may be gone at any time.
    fn keep<'a>(&'a self, name: &'a str, content: Vec<u8>) -> Later<'a, Result<(), RelayError>>;
}

/// Why a relay was of no use. Each process goes on by itself until it is there again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RelayError {
    #[error("{place} cannot be reached; see that the server runs and that the address is right")]
    Away { place: String },
    #[error("{place} did not answer in time; see whether the server or the way there is overloaded")]
    Slow { place: String },
    #[error(
        "{place} shows a certificate that is not trusted here ({reason}); give this machine the authority that signed it, or put the \
         name that it is made out to into REDIS_URL"
    )]
    Untrusted { place: String, reason: String },
    #[error("{place} lets nobody in with this name and password; put the right ones into REDIS_URL")]
    Denied { place: String },
    #[error(
        "{place} does not let this user do what labkeeper asks ({code}); docs/redis.md says what it has to be allowed"
    )]
    NotAllowed { place: String, code: String },
    #[error(
        "{place} takes no writes ({code}); see that it is no replica, that its disk works and that it has memory left"
    )]
    TakesNothing { place: String, code: String },
    #[error("{place} answered what cannot be used ({code})")]
    Strange { place: String, code: String },
    /// Nothing is wrong with the server.
    #[error("{place} has something under a name of labkeeper's that labkeeper did not put there ({code})")]
    Foreign { place: String, code: String },
    #[error(
        "{place} is left alone: the hub's secret for it cannot be read or kept in the database ({reason})"
    )]
    NoSecret { place: String, reason: String },
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

    /// Whether that is an address of the machine that looks: its answer says nothing about the network.
    fn is_here(&self, address: IpAddr) -> bool {
        address.is_loopback()
    }

    /// One answer per contact, in the order given; asked side by side, each bounded to about two seconds.
    fn reach(&self, contacts: Vec<Contact>) -> Later<'_, Vec<Reachability>>;

    /// Opens one TCP connection and closes it. A name is resolved once, and the address that was found is judged and asked.
    ///
    /// # Errors
    /// When that address is out of bounds; then nothing is sent there.
    fn knock<'a>(
        &'a self,
        host: &'a str,
        port: u16,
        patience: Duration,
    ) -> Later<'a, Result<Knocked, OutOfBounds>>;

    /// Asks a web server once, within that time in all, and reads a bounded part of what it answers. Redirects are not followed, and
    /// nobody's certificate is checked: nothing secret is sent, and nothing read is believed.
    ///
    /// # Errors
    /// As [`Scout::knock`].
    fn fetch<'a>(
        &'a self,
        address: &'a WebAddress,
        patience: Duration,
    ) -> Later<'a, Result<Fetched, OutOfBounds>>;

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

    /// What its owner switched on beyond the tier.
    fn extras(&self) -> Extras {
        Extras::default()
    }

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

/// The nodes of one cluster and the insides of its guests, as root.
///
/// *Invariant:* nothing is sent to a node before its host key was found to be the pinned one. Words and paths never meet a shell;
/// the only text that one reads is [`crate::shell::Program::Text`]. Dropping a future ends what it began there, as far as that can be
/// ended; a file is then as it was before or as it should become, never a part of either.
pub trait Shell: Send + Sync {
    /// The cluster.
    fn cluster(&self) -> &ClusterName;

    /// The nodes it has a key and a pin for.
    fn nodes(&self) -> Vec<NodeName>;

    /// Opens a connection to the node, or uses the one that is open, and runs nothing. For doctors.
    fn knock<'a>(&'a self, node: &'a NodeName) -> Later<'a, Result<(), ShellError>>;

    /// Which shell language is spoken there; looked up once and kept for some minutes.
    fn dialect<'a>(&'a self, spot: &'a Spot) -> Later<'a, Result<Dialect, ShellError>>;

    /// Runs it. That it ended badly is an answer, not an error.
    fn run<'a>(&'a self, spot: &'a Spot, command: &'a Command) -> Later<'a, Result<Finished, ShellError>>;

    /// What is at that path; `None` when nothing is. Any doubt whether it is there is an error.
    fn look<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
    ) -> Later<'a, Result<Option<FileFacts>, ShellError>>;

    /// Reads that part of a file, as bytes; `None` when nothing is there. A directory or device is an error.
    fn read<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        window: Window,
    ) -> Later<'a, Result<Option<Piece>, ShellError>>;

    /// A directory's entries by name, at most `limit`, and how many there are in all; `None` when nothing is there.
    fn list<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        limit: usize,
    ) -> Later<'a, Result<Option<Listing>, ShellError>>;

    /// Gives the file at that path these bytes, if it still is as expected, and reads them back. Owner, mode, attributes and ACL are
    /// kept; a new file has those of [`Expected::Absent`] before it has its name. The directory must exist. `path` is what [`FileFacts::resolved`] said: a symbolic link
    /// that is there now is an error.
    fn replace<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        bytes: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Replaced, ShellError>>;

    /// Removes a file that still has these bytes (SHA-256, lower-case hexadecimal).
    fn remove<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: &'a str,
    ) -> Later<'a, Result<(), ShellError>>;

    /// Waits, for a while, until no write of that file is at work there any more, whoever began it; then takes away what one of
    /// these bytes (SHA-256) left beside it. From then on the file tells what became of it.
    fn abandon<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: Option<&'a str>,
    ) -> Later<'a, Result<(), ShellError>>;
}

/// A place out of the hub's reach that keeps checkpoints of its audit log.
pub trait Anchor: Send + Sync + std::fmt::Debug {
    /// What it is called, without what is secret in its address.
    fn name(&self) -> &str;

    /// Keeps these checkpoints, the smallest first, behind those it has. It may keep the last alone: that covers all.
    fn keep<'a>(&'a self, checkpoints: &'a [String]) -> Later<'a, Result<(), String>>;

    /// All the checkpoints it holds, of whichever log; `None` when it cannot be asked.
    fn held(&self) -> Later<'_, Result<Option<Vec<String>>, String>>;
}

/// The history of the lab's configuration, in a place of its own.
///
/// *Invariant:* a commit is there whole or not at all, whatever ends the process; what was committed is never changed.
pub trait History: Send + Sync {
    /// Chance that is this history's own and never leaves it: digests are salted with it.
    fn salt(&self) -> Later<'_, Result<[u8; 32], HistoryError>>;

    /// What is kept of a file now; `None` when nothing is.
    fn read<'a>(&'a self, path: &'a TreePath) -> Later<'a, Result<Option<Vec<u8>>, HistoryError>>;

    /// Adds a commit, and answers its name; `None` when it would change nothing.
    fn commit<'a>(&'a self, commit: &'a Commit) -> Later<'a, Result<Option<String>, HistoryError>>;

    /// The largest [`Commit::event`] that is in it.
    fn last_event(&self) -> Later<'_, Result<Option<i64>, HistoryError>>;

    /// The newest revisions that touched those files, with what they changed in them.
    fn revisions<'a>(&'a self, question: &'a Question) -> Later<'a, Result<Vec<Revision>, HistoryError>>;

    /// Why the last push to the other place failed; `None` when it did not. A glance, without git.
    fn push_problem(&self) -> Option<String>;

    /// Copies it to the other place, when there is one.
    fn push(&self) -> Later<'_, Result<(), HistoryError>>;

    /// How it stands.
    fn state(&self) -> Later<'_, Result<State, HistoryError>>;
}

/// Something that people are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// A few words.
    pub title: String,
    /// One or two sentences.
    pub text: String,
    /// Where to look.
    pub link: Option<String>,
}

/// A way to people who are not looking: a phone, a chat.
pub trait Notifier: Send + Sync {
    /// Tells them; `Err` says why they were not told, without what is secret in its address.
    fn notify<'a>(&'a self, notice: &'a Notice) -> Later<'a, Result<(), String>>;

    /// Tells them by every way there is, also by those for when the others fail, to see which of them work.
    fn try_every_way<'a>(&'a self, notice: &'a Notice) -> Later<'a, Vec<Attempt>>;
}

/// What became of a message on one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The service and where it is, without what is secret in its address.
    pub way: String,
    /// One for when none of the others takes a message.
    pub fallback: bool,
    /// Why it was not taken, and what to do about it.
    pub outcome: Result<(), String>,
}

/// What time it is, as a parameter: the binary gives the system's, tests move theirs.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> crate::stamp::Stamp;
}
