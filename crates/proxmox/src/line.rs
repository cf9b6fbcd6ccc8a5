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
        while let Some(connection) = self.take(transmission.effect) {
            match self.exchange(connection, transmission, limits).await {
                // The node had closed it before, or just then; the next one may be fresher, a new one is.
                Err(Failed::Unsent(_)) => {}
                Err(Failed::Sent(_)) if transmission.effect == Effect::Read => {}
                done => return done,
            }
        }
        self.attempt_anew(transmission, connect, limits).await
    }

    /// One try over a connection that is opened for it, so that the certificate is looked at now.
    pub(crate) async fn attempt_anew(
        &self,
        transmission: &Transmission,
        connect: Duration,
        limits: &Limits,
    ) -> Result<Received, Failed> {
        let connection = self.open(connect).await.map_err(Failed::Unsent)?;
        self.exchange(connection, transmission, limits).await
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        transmission: &Transmission,
        limits: &Limits,
    ) -> Result<Received, Failed> {
        let exchange = connection.exchange(transmission.to(&self.address), limits.bytes);
        match timeout(limits.answer, exchange).await {
            Ok(Ok(received)) => {
                self.keep(connection);
                Ok(received)
            }
            Ok(Err(Broken::Unsent(reason))) => {
                Err(Failed::Unsent(PveError::Unreachable { endpoint: self.address.clone(), reason }))
            }
            Ok(Err(Broken::Sent(reason))) => Err(Failed::Sent(reason)),
            Ok(Err(Broken::TooLarge)) => Err(Failed::TooLarge),
            Err(_) => {
                // The others were opened to the same silence.
                self.close_all();
                Err(Failed::TooSlow)
            }
        }
    }

    /// What a failed try of that effect means.
    pub(crate) fn error(&self, failed: Failed, effect: Effect, limits: &Limits) -> PveError {
        let (endpoint, after) = (self.address.clone(), limits.answer);
        match (failed, effect) {
            (Failed::Unsent(error), _) => error,
            (Failed::TooLarge, _) => PveError::Malformed {
                place: endpoint.to_string(),
                reason: format!("an answer of more than {} bytes", limits.bytes),
            },
            (Failed::Sent(reason), Effect::Read) => PveError::Unreachable { endpoint, reason },
            (Failed::Sent(reason), Effect::Write) => PveError::Interrupted { endpoint, reason },
            (Failed::TooSlow, Effect::Read) => PveError::Timeout { endpoint, after },
            (Failed::TooSlow, Effect::Write) => {
                PveError::Interrupted { endpoint, reason: format!("no answer within {} s", after.as_secs()) }
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
