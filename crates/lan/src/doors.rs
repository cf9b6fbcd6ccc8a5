//! TCP connections: how many at once, and what a single attempt tells about the host behind it.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{sleep, timeout};

/// What a connection attempt tells.
#[derive(Debug)]
pub(crate) enum Knock {
    /// Accepted.
    Open(TcpStream),
    /// Refused: nobody listens, but somebody is there to say so.
    Refused,
    /// No answer in time, or none that comes from the host.
    Silent,
}

/// Files that a hub with many connections has open, and then some.
const ENOUGH_FILES: u64 = 16 * 1024;
/// More connections at once than this only make routers forget the others.
const MOST: usize = 6144;

/// A bounded number of connections; each wait for a free one is outside the time allowed for the answer.
pub(crate) struct Doors {
    free: Semaphore,
    at_once: usize,
}

impl Doors {
    pub(crate) fn new(at_once: usize) -> Self {
        let at_once = at_once.clamp(16, MOST);
        Self { free: Semaphore::new(at_once), at_once }
    }

    /// How many there are.
    pub(crate) fn at_once(&self) -> usize {
        self.at_once
    }

    /// Tries one port. Returns how long the answer took.
    pub(crate) async fn knock(
        &self,
        at: SocketAddr,
        within: Duration,
    ) -> (Knock, Duration, Option<SemaphorePermit<'_>>) {
        // Never closed, so a permit always comes; without one the knock would merely be uncounted.
        let permit = self.free.acquire().await.ok();
        let asked = Instant::now();
        let knock = timeout(within, connect(at)).await.unwrap_or(Knock::Silent);
        (knock, asked.elapsed(), permit)
    }

    /// An open connection for a conversation, with its place among the doors.
    pub(crate) async fn enter(
        &self,
        at: SocketAddr,
        within: Duration,
    ) -> Option<(TcpStream, Option<SemaphorePermit<'_>>)> {
        match self.knock(at, within).await {
            (Knock::Open(stream), _, permit) => Some((stream, permit)),
            _ => None,
        }
    }
}

async fn connect(at: SocketAddr) -> Knock {
    loop {
        match TcpStream::connect(at).await {
            Ok(stream) => return Knock::Open(stream),
            Err(error) if is_our_shortage(&error) => sleep(Duration::from_millis(50)).await,
            Err(error) => {
                let refused =
                    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset);
                return if refused { Knock::Refused } else { Knock::Silent };
            }
        }
    }
}

/// Out of file descriptors or local ports: says nothing about the host, so it is tried again while time lasts.
fn is_our_shortage(error: &io::Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    matches!(error.raw_os_error(), Some(ENFILE | EMFILE)) || error.kind() == io::ErrorKind::AddrNotAvailable
}

/// How many files this process may open: as many as it may allow itself, which is what most start with too little of;
/// a cautious guess where the kernel does not say.
pub(crate) fn open_files_limit() -> usize {
    let limits = getrlimit(Resource::Nofile);
    let wanted = limits.maximum.unwrap_or(ENOUGH_FILES).min(ENOUGH_FILES).max(limits.current.unwrap_or(0));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limits.maximum });
    let limit = if raised.is_ok() { wanted } else { limits.current.unwrap_or(256) };
    usize::try_from(limit).unwrap_or(usize::MAX)
}
