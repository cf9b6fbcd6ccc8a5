//! The way to one node: its open connections, and one try to get an answer from it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use labkeeper_core::pve::{Address, Effect, PveError};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::connection::{Broken, Connection, Received};
use crate::limits::Limits;
use crate::settings::{Endpoint, SettingsError, Trust};
use crate::tls;
use crate::transmission::Transmission;

/// After this a connection is not used any more: nodes close theirs sooner.
const IDLE: Duration = Duration::from_secs(30);

/// A change is not sent over a connection that the node may be closing at the same moment, for then nobody would know
/// whether it arrived.
const IDLE_BEFORE_A_CHANGE: Duration = Duration::from_secs(2);

/// One node.
pub(crate) struct Line {
    address: Address,
    /// `None` while nothing is pinned.
    tls: Option<TlsConnector>,
    idle: Mutex<Vec<Connection>>,
}

/// Why there is no answer.
pub(crate) enum Failed {
    /// The node never got to see the request; another may be asked.
    Unsent(PveError),
    /// The connection broke after some of it was sent.
    Sent(String),
    /// No answer in time, to a request that was sent.
    TooSlow,
    /// An answer, but a hopeless one.
    TooLarge,
}

impl Line {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, SettingsError> {
        let address = endpoint.address.clone();
        let tls = match endpoint.trust {
            Trust::Pin(pin) => Some(tls::pinned(pin)),
            Trust::SystemRoots => {
                Some(tls::system().map_err(|error| SettingsError::NoAuthorities(address.clone(), error))?)
            }
            Trust::Nothing => None,
        };
        Ok(Self { address, tls, idle: Mutex::default() })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// One try. `connect` bounds the opening of a connection, should one be needed.
    pub(crate) async fn attempt(
        &self,
        transmission: &Transmission,
        connect: Duration,
        limits: &Limits,
    ) -> Result<Received, Failed> {
        loop {
            let reused = self.take(transmission.effect);
            let is_reused = reused.is_some();
            let mut connection = match reused {
                Some(connection) => connection,
                None => self.open(connect).await.map_err(Failed::Unsent)?,
            };
            let exchange = connection.exchange(transmission.to(&self.address), limits.bytes);
            let broken = match timeout(limits.answer, exchange).await {
                Ok(Ok(received)) => {
                    self.keep(connection);
                    return Ok(received);
                }
                Ok(Err(broken)) => broken,
                Err(_) => {
                    // The others were opened to the same silence.
                    self.close_all();
                    return Err(Failed::TooSlow);
                }
            };
            match broken {
                // The node had closed it before, or just then; the next one may be fresher, a new one is.
                Broken::Unsent(_) if is_reused => {}
                Broken::Sent(_) if is_reused && transmission.effect == Effect::Read => {}
                Broken::Unsent(reason) => {
                    return Err(Failed::Unsent(PveError::Unreachable {
                        endpoint: self.address.clone(),
                        reason,
                    }));
                }
                Broken::Sent(reason) => return Err(Failed::Sent(reason)),
                Broken::TooLarge => return Err(Failed::TooLarge),
            }
        }
    }

    async fn open(&self, limit: Duration) -> Result<Connection, PveError> {
        let Some(tls) = &self.tls else { return Err(PveError::NoPin { endpoint: self.address.clone() }) };
        Connection::open(&self.address, tls, limit).await
    }

    fn take(&self, effect: Effect) -> Option<Connection> {
        let limit = if effect == Effect::Write { IDLE_BEFORE_A_CHANGE } else { IDLE };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| connection.is_open() && connection.idle_for() < IDLE);
        // The one used last is at the end.
        if idle.last()?.idle_for() < limit { idle.pop() } else { None }
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(Connection::is_open);
        idle.push(connection);
    }

    fn close_all(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
