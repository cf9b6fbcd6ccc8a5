//! The way to one node: its kept connection, the queue before it, and channels on it.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::shell::ShellError;
use russh::client::{Config, Msg};
use russh::{Channel, ChannelOpenFailure, Error};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, sleep, timeout};

use super::login::{self, Session, log_in};
use super::settings::{SshLimits, SshNode};

/// Between tries, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// A connection that does not answer within this time is dead, whatever TCP believes.
const ANSWER: Duration = Duration::from_secs(3);

/// One node.
pub(super) struct Line {
    node: SshNode,
    limits: SshLimits,
    config: Arc<Config>,
    /// Fair: who came first goes first.
    queue: Arc<Semaphore>,
    kept: Mutex<Kept>,
}

/// A place in the queue, and a channel on which a command was asked for.
pub(super) struct Turn {
    pub(super) channel: Channel<Msg>,
    /// The connection that it is on.
    pub(super) session: Arc<Session>,
    /// Given back when this is dropped.
    pub(super) place: OwnedSemaphorePermit,
}

/// What is known of the connection.
#[derive(Default)]
struct Kept {
    session: Option<Arc<Session>>,
    /// How the last try to open one ended, and when.
    failed: Option<(Instant, ShellError)>,
}

impl Line {
    /// Opens nothing yet.
    pub(super) fn new(node: SshNode, limits: SshLimits) -> Self {
        Self {
            config: login::config(&limits),
            queue: Arc::new(Semaphore::new(limits.at_once)),
            kept: Mutex::default(),
            node,
            limits,
        }
    }

    /// Finds that the connection lives, or opens one.
    pub(super) async fn knock(&self) -> Result<(), ShellError> {
        let asked = Instant::now();
        let session = self.session(asked).await?;
        if !matches!(timeout(ANSWER, session.send_ping()).await, Ok(Ok(()))) {
            self.forget(&session).await;
            self.session(asked).await?;
        }
        Ok(())
    }

    /// The open connection, or a new one.
    async fn session(&self, asked: Instant) -> Result<Arc<Session>, ShellError> {
        let mut kept = self.kept.lock().await;
        if let Some(session) = kept.session.as_ref().filter(|session| !session.is_closed()) {
            return Ok(Arc::clone(session));
        }
        // Somebody tried while we stood in line: their answer is ours.
        if let Some((_, error)) = kept.failed.as_ref().filter(|(at, _)| *at >= asked) {
            return Err(error.clone());
        }
        kept.session = None;
        match self.connect().await {
            Ok(session) => {
                let session = Arc::new(session);
                kept.session = Some(Arc::clone(&session));
                Ok(session)
            }
            Err(error) => {
                tracing::debug!(pve.node = %self.node.node, %error, "no SSH connection");
                kept.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Asks for `command` when it is its turn. It is sent at most once.
    pub(super) async fn exec(&self, command: String) -> Result<Turn, ShellError> {
        let asked = Instant::now();
        let place = Arc::clone(&self.queue).acquire_owned().await.expect("the queue is never closed");
        let (channel, session) = self.channel(asked).await?;
        match channel.exec(true, command).await {
            Ok(()) => Ok(Turn { channel, session, place }),
            Err(error) => Err(self.unreachable(&error)),
        }
    }

    /// On the kept connection, or on a new one when that turns out to be dead.
    async fn channel(&self, asked: Instant) -> Result<(Channel<Msg>, Arc<Session>), ShellError> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let session = self.session(asked).await?;
            let error = match timeout(ANSWER, open_channel(&session)).await {
                Ok(Ok(channel)) => return Ok((channel, session)),
                // The server gives a place back only a little after a command has ended.
                Ok(Err(Error::ChannelOpenFailure(
                    ChannelOpenFailure::ConnectFailed | ChannelOpenFailure::ResourceShortage,
                ))) => "its SSH server opens no further session",
                Ok(Err(_)) | Err(_) => {
                    self.forget(&session).await;
                    "the connection broke"
                }
            };
            if begun.elapsed() + pause > self.limits.retry {
                return Err(self.unreachable(&error));
            }
            sleep(pause).await;
            pause *= 2;
        }
    }

    async fn forget(&self, dead: &Arc<Session>) {
        let mut kept = self.kept.lock().await;
        kept.session.take_if(|session| Arc::ptr_eq(session, dead));
    }

    /// Tries all addresses in turn until one answers, time is over, or trying again is of no use.
    async fn connect(&self) -> Result<Session, ShellError> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut failure = ShellError::NotSetUp { node: self.node.node.clone() };
        loop {
            for address in &self.node.addresses {
                let left = self.limits.retry.saturating_sub(begun.elapsed());
                if left.is_zero() {
                    return Err(failure);
                }
                match log_in(&self.node, address, &self.config, self.limits.connect.min(left)).await {
                    Ok(session) => return Ok(session),
                    Err(error) if error.is_transient() => failure = error,
                    Err(error) => return Err(error),
                }
            }
            if !failure.is_transient() || begun.elapsed() + pause > self.limits.retry {
                return Err(failure);
            }
            sleep(pause).await;
            pause *= 2;
        }
    }

    fn unreachable(&self, why: &dyn std::fmt::Display) -> ShellError {
        ShellError::Unreachable { node: self.node.node.clone(), why: why.to_string() }
    }
}

/// A channel that nobody waits for any more when it is open is closed again: the server counts those that are open.
async fn open_channel(session: &Arc<Session>) -> Result<Channel<Msg>, Error> {
    let (give, take) = oneshot::channel();
    let session = Arc::clone(session);
    tokio::spawn(async move {
        if let Err(Ok(unwanted)) = give.send(session.channel_open_session().await) {
            _ = unwanted.close().await;
        }
    });
    take.await.unwrap_or(Err(Error::Disconnect))
}
