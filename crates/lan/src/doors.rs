//! TCP connections: how many at once, and what a single attempt tells about the host behind it.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

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

/// A bounded number of connections; each wait for a free one is outside the time allowed for the answer.
pub(crate) struct Doors {
    free: Semaphore,
}

impl Doors {
    pub(crate) fn new(at_once: usize) -> Self {
        Self { free: Semaphore::new(at_once.clamp(16, 1024)) }
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

/// How many files this process may open; a cautious guess where the kernel does not say.
pub(crate) fn open_files_limit() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(256)
}
