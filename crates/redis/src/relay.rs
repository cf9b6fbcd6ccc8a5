//! The port, over one line for questions and a connection of its own for listening.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use labkeeper_core::ports::{Later, Relay, RelayError};
use redis::{Client, Cmd};
use tokio::time::timeout;

use crate::keys::Keys;
use crate::line::Line;
use crate::scripts;
use crate::seal::Seal;
use crate::settings::{NotAnAddress, Settings};

/// As much as any limit allows.
const KEPT: usize = 64;
/// A connection on which nothing was said for so long may be dead without anybody knowing.
const SILENCE: Duration = Duration::from_secs(60);
/// Less than what is counted stays, so that a server which makes room by what ends soonest takes answers first.
const ANSWERS_STAY: Duration = Duration::from_secs(60);

/// A Redis server, with which nothing was exchanged yet.
pub struct Redis {
    line: Arc<Line>,
    seal: Seal,
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
        let seal = Seal::of(&secret);
        Ok(Self { line: Arc::new(Line::new(client, settings.clone(), Keys::new(secret))), seal })
    }

    fn script(&self, text: &str, name: &str, window: Duration, allowed: usize) -> Cmd {
        let mut command = redis::cmd("EVAL");
        let window = u64::try_from(window.as_micros()).unwrap_or(u64::MAX);
        command.arg(text).arg(1).arg(self.line.keys.count(name)).arg(window).arg(allowed.clamp(1, KEPT));
        command
    }

    /// What a script answers that counts.
    async fn left_to_wait(&self, script: Cmd, window: Duration) -> Result<Option<Duration>, RelayError> {
        let micros: u64 = self.line.ask(&script).await?;
        Ok((micros > 0).then(|| Duration::from_micros(micros).min(window)))
    }

    async fn listen(&self, heard: &(dyn Fn(i64) + Send + Sync)) -> Result<(), RelayError> {
        let place = || self.line.place().to_owned();
        let listening = self.line.listening().await.inspect_err(|trouble| self.line.fell(trouble))?;
        let mut words = listening.into_on_message();
        heard(0);
        loop {
            match timeout(SILENCE, words.next()).await {
                Ok(Some(word)) => {
                    // Whatever else is said there is not ours.
                    if let Some(event) = word.get_payload().ok().filter(|event| *event > 0) {
                        heard(event);
                    }
                }
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

    fn attempt<'a>(
        &'a self,
        name: &'a str,
        mark: &'a str,
        window: Duration,
        allowed: usize,
    ) -> Later<'a, Result<Option<Duration>, RelayError>> {
        let mut command = self.script(scripts::ATTEMPT, name, window, allowed);
        command.arg(mark);
        Box::pin(self.left_to_wait(command, window))
    }

    fn wait<'a>(
        &'a self,
        name: &'a str,
        window: Duration,
        allowed: usize,
    ) -> Later<'a, Result<Option<Duration>, RelayError>> {
        let command = self.script(scripts::WAIT, name, window, allowed);
        Box::pin(self.left_to_wait(command, window))
    }

    fn take_back<'a>(&'a self, name: &'a str, mark: &'a str) -> Later<'a, Result<(), RelayError>> {
        let mut command = redis::cmd("ZREM");
        command.arg(self.line.keys.count(name)).arg(mark);
        Box::pin(async move { self.line.ask(&command).await })
    }

    fn recall<'a>(&'a self, name: &'a str) -> Later<'a, Result<Option<Vec<u8>>, RelayError>> {
        Box::pin(async move {
            let key = self.line.keys.answer(name);
            let kept: Option<Vec<u8>> = self.line.ask(redis::cmd("GET").arg(&key)).await?;
            Ok(kept.and_then(|sealed| self.seal.open(&key, &sealed)))
        })
    }

    fn keep<'a>(&'a self, name: &'a str, content: Vec<u8>) -> Later<'a, Result<(), RelayError>> {
        Box::pin(async move {
            let key = self.line.keys.answer(name);
            let Some(sealed) = self.seal.close(&key, content) else { return Ok(()) };
            let mut command = redis::cmd("SET");
            command.arg(&key).arg(sealed).arg("EX").arg(ANSWERS_STAY.as_secs());
            self.line.ask(&command).await
        })
    }
}
