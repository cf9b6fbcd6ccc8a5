//! A relay whose names cannot be made yet: the hub's secret for it is in the database, and that does not give or take it. It counts as
//! in trouble, which probes and doctors see, and is used from when the secret is there.

use std::future::ready;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use labkeeper_core::ports::{Later, Relay, RelayError};
use labkeeper_ops::relay::secret_of;
use labkeeper_redis::{Redis, Settings};
use labkeeper_store::Store;
use tokio::time::sleep;

/// How long it waits before it asks the database again.
const REST: Duration = Duration::from_secs(3);

pub(crate) struct LateRelay {
    place: String,
    reason: String,
    relay: OnceLock<Redis>,
}

impl LateRelay {
    /// Asks the database for the secret until it has it, or nobody wants this relay any more.
    pub(crate) fn begin(settings: Settings, store: Store, reason: String) -> Arc<Self> {
        let late = Arc::new(Self { place: settings.place().into(), reason, relay: OnceLock::new() });
        let wanted = Arc::downgrade(&late);
        tokio::spawn(async move {
            loop {
                sleep(REST).await;
                let Some(late) = wanted.upgrade() else { return };
                let Ok(secret) = secret_of(&store).await else { continue };
                match Redis::new(&settings, secret) {
                    Ok(relay) => {
                        tracing::info!(
                            place = late.place,
                            "the hub's secret for it is there; it is used from now on"
                        );
                        let _ = late.relay.set(relay);
                    }
                    Err(error) => tracing::error!(place = late.place, %error, "it cannot be used"),
                }
                return;
            }
        });
        late
    }

    fn missing(&self) -> RelayError {
        RelayError::NoSecret { place: self.place.clone(), reason: self.reason.clone() }
    }

    /// What the relay answers, once there is one.
    fn of<'a, T: Send + 'a>(
        &'a self,
        ask: impl FnOnce(&'a Redis) -> Later<'a, Result<T, RelayError>>,
    ) -> Later<'a, Result<T, RelayError>> {
        self.relay.get().map_or_else(|| Box::pin(ready(Err(self.missing()))) as Later<'a, _>, ask)
    }
}

impl Relay for LateRelay {
    fn place(&self) -> &str {
        &self.place
    }

    fn trouble(&self) -> Option<RelayError> {
        self.relay.get().map_or_else(|| Some(self.missing()), Relay::trouble)
    }

    fn knock(&self) -> Later<'_, Result<(), RelayError>> {
        self.of(Relay::knock)
    }

    fn tell(&self, event: i64) -> Later<'_, Result<(), RelayError>> {
        self.of(|relay| relay.tell(event))
    }

    fn hear<'a>(&'a self, heard: &'a (dyn Fn(i64) + Send + Sync)) -> Later<'a, Result<(), RelayError>> {
        self.of(|relay| relay.hear(heard))
    }

    fn attempt<'a>(
        &'a self,
        name: &'a str,
        mark: &'a str,
        window: Duration,
        allowed: usize,
    ) -> Later<'a, Result<Option<Duration>, RelayError>> {
        self.of(|relay| relay.attempt(name, mark, window, allowed))
    }

    fn wait<'a>(
        &'a self,
        name: &'a str,
        window: Duration,
        allowed: usize,
    ) -> Later<'a, Result<Option<Duration>, RelayError>> {
        self.of(|relay| relay.wait(name, window, allowed))
    }

    fn take_back<'a>(&'a self, name: &'a str, mark: &'a str) -> Later<'a, Result<(), RelayError>> {
        self.of(|relay| relay.take_back(name, mark))
    }

    fn recall<'a>(&'a self, name: &'a str) -> Later<'a, Result<Option<Vec<u8>>, RelayError>> {
        self.of(|relay| relay.recall(name))
    }

    fn keep<'a>(&'a self, name: &'a str, content: Vec<u8>) -> Later<'a, Result<(), RelayError>> {
        self.of(|relay| relay.keep(name, content))
    }
}
