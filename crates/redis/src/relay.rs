//! The port, over one line for questions and a connection of its own for listening.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use labkeeper_core::ports::{Later, Relay, RelayError};
use redis::{Client, Cmd};
use tokio::time::timeout;

use crate::keys::Keys;
use crate::line::Line;
use crate::settings::{NotAnAddress, Settings};
use crate::{scripts, trouble};

/// More than any limit allows.
const KEPT: usize = 64;
/// A connection on which nothing was said for so long may be dead without anybody knowing.
const SILENCE: Duration = Duration::from_secs(60);

/// A Redis server, with which nothing was exchanged yet.
pub struct Redis {
    line: Arc<Line>,
}

impl Redis {
    /// For the hub that has this secret in its database.
    ///
    /// # Errors
    /// When nothing can be made of the address.
    pub fn new(settings: &Settings, secret: [u8; 32]) -> Result<Self, NotAnAddress> {
        // A second call finds the provider installed, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::open(settings.server.clone()).map_err(|_| NotAnAddress)?;
        Ok(Self { line: Arc::new(Line::new(client, settings.clone(), Keys::new(secret))) })
    }

    fn script(&self, text: &str, name: &str, window: Duration, number: usize) -> Cmd {
        let mut command = redis::cmd("EVAL");
        let window = u64::try_from(window.as_micros()).unwrap_or(u64::MAX);
        command.arg(text).arg(1).arg(self.line.keys.count(name)).arg(window).arg(number);
        command
    }

    async fn listen(&self, heard: &(dyn Fn(i64) + Send + Sync)) -> Result<(), RelayError> {
        let place = || self.line.place().to_owned();
        let begin = async {
            let mut listening = self.line.client().get_async_pubsub().await?;
            listening.subscribe(self.line.keys.channel()).await?;
            Ok(listening)
        };
        let begun = timeout(self.line.patience_with_doors(), begin).await;
        let listening = begun
            .map_err(|_| RelayError::Slow { place: place() })?
            .map_err(|error| trouble::of(&error, self.line.place()))?;
        let mut words = listening.into_on_message();
        heard(0);
        loop {
            match timeout(SILENCE, words.next()).await {
                // Whatever else is said there is not ours.
                Ok(Some(word)) => heard(word.get_payload().unwrap_or(0)),
                Ok(None) => return Err(RelayError::Away { place: place() }),
                Err(_) => return Ok(()),
            }
        }
    }
}

impl Relay for Redis {
    fn place(&self) -> &str {
        self.line.place()
    }

    fn trouble(&self) -> Option<RelayError> {
        self.line.trouble()
    }

    fn knock(&self) -> Later<'_, Result<(), RelayError>> {
        Box::pin(async { self.line.knock().await.map(drop) })
    }

    fn tell(&self, event: i64) -> Later<'_, Result<(), RelayError>> {
        let mut command = redis::cmd("PUBLISH");
        command.arg(self.line.keys.channel()).arg(event);
        Box::pin(async move { self.line.ask(&command).await })
    }

    fn hear<'a>(&'a self, heard: &'a (dyn Fn(i64) + Send + Sync)) -> Later<'a, Result<(), RelayError>> {
        Box::pin(self.listen(heard))
    }

    fn count<'a>(&'a self, name: &'a str, window: Duration) -> Later<'a, Result<(), RelayError>> {
        let command = self.script(scripts::COUNT, name, window, KEPT);
        Box::pin(async move { self.line.ask(&command).await })
    }

    fn wait<'a>(
        &'a self,
        name: &'a str,
        window: Duration,
        allowed: usize,
    ) -> Later<'a, Result<Option<Duration>, RelayError>> {
        let command = self.script(scripts::WAIT, name, window, allowed.clamp(1, KEPT));
        Box::pin(async move {
            let micros: u64 = self.line.ask(&command).await?;
            Ok((micros > 0).then(|| Duration::from_micros(micros).min(window)))
        })
    }

    fn forget<'a>(&'a self, name: &'a str) -> Later<'a, Result<(), RelayError>> {
        let mut command = redis::cmd("DEL");
        command.arg(self.line.keys.count(name));
        Box::pin(async move { self.line.ask(&command).await })
    }
}
