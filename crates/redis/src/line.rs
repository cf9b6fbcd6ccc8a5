//! The connection, and whether it is worth asking. After a failure nobody asks: it is tried out in the background until it does all
//! that it is used for, so that a server which reads and takes no writes does not go up and down with every question.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use labkeeper_core::ports::RelayError;
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError};
use tokio::time::{sleep, timeout};

use crate::keys::Keys;
use crate::settings::Settings;
use crate::{scripts, trouble};

#[derive(Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    trouble: Option<RelayError>,
    is_tried: bool,
}

pub(crate) struct Line {
    client: Client,
    settings: Settings,
    pub(crate) keys: Keys,
    state: Mutex<State>,
}

impl Line {
    pub(crate) fn new(client: Client, settings: Settings, keys: Keys) -> Self {
        Self { client, settings, keys, state: Mutex::default() }
    }

    pub(crate) fn place(&self) -> &str {
        &self.settings.place
    }

    pub(crate) fn trouble(&self) -> Option<RelayError> {
        self.state().trouble.clone()
    }

    /// Asks, unless it is known to be in trouble.
    pub(crate) async fn ask<T: FromRedisValue>(self: &Arc<Self>, command: &Cmd) -> Result<T, RelayError> {
        if let Some(trouble) = self.trouble() {
            return Err(trouble);
        }
        let slow = || RelayError::Slow { place: self.place().to_owned() };
        let answer = match timeout(self.settings.patience, self.connected_ask(command)).await {
            Ok(answer) => answer,
            Err(_) => Err(slow()),
        };
        answer.inspect_err(|trouble| {
            // Of what lies under one name; under all the others it is of use.
            if !matches!(trouble, RelayError::Foreign { .. }) {
                self.fell(trouble);
            }
        })
    }

    async fn connected_ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RelayError> {
        let kept = self.state().connection.clone();
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let made = self.connect().await?;
                self.state().connection.get_or_insert(made).clone()
            }
        };
        command.query_async(&mut connection).await.map_err(|error| trouble::of(&error, self.place()))
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RelayError> {
        // The limits are ours, around the whole of it.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let made = self.client.get_multiplexed_async_connection_with_config(&config).await;
        made.map_err(|error| self.door_trouble(&error))
    }

    fn door_trouble(&self, error: &RedisError) -> RelayError {
        trouble::at_the_door(error, self.place(), self.settings.is_tls())
    }

    /// Nobody opened in time, or spoke as was asked.
    fn door_is_slow(&self) -> RelayError {
        trouble::slow_at_the_door(self.place(), self.settings.is_tls())
    }

    /// Connects anew and does once all that it is used for.
    pub(crate) async fn knock(&self) -> Result<MultiplexedConnection, RelayError> {
        let slow = |_| RelayError::Slow { place: self.place().to_owned() };
        let connected = timeout(self.settings.patience_with_doors, self.connect()).await;
        let mut connection = connected.map_err(|_| self.door_is_slow())??;
        for command in self.trial() {
            let asked = timeout(self.settings.patience, command.query_async::<()>(&mut connection));
            asked.await.map_err(slow)?.map_err(|error| trouble::of(&error, self.place()))?;
        }
        self.listening().await?;
        Ok(connection)
    }

    /// A connection of its own on which word comes.
    pub(crate) async fn listening(&self) -> Result<PubSub, RelayError> {
        let begin = async {
            let listening = self.client.get_async_pubsub().await;
            let mut listening = listening.map_err(|error| self.door_trouble(&error))?;
            let subscribed = listening.subscribe(self.keys.channel()).await;
            subscribed.map_err(|error| trouble::of(&error, self.place()))?;
            Ok(listening)
        };
        let begun = timeout(self.settings.patience_with_doors, begin).await;
        begun.map_err(|_| self.door_is_slow())?
    }

    /// Under names of its own each time: several processes may try at once.
    fn trial(&self) -> [Cmd; 8] {
        let (answer, count, channel) = (self.keys.trial(), self.keys.trial(), self.keys.channel());
        let with = |name: &str| redis::cmd(name);
        let script =
            |text: &str| with("EVAL").arg(text).arg(1).arg(&count).arg(1_000_000).arg(1).arg(1).clone();
        [
            with("SET").arg(&answer).arg(1).arg("EX").arg(1).clone(),
            with("GET").arg(&answer).clone(),
            with("DEL").arg(&answer).clone(),
            with("PUBLISH").arg(channel).arg(0).clone(),
            script(scripts::ATTEMPT),
            script(scripts::WAIT),
            with("ZREM").arg(&count).arg(1).clone(),
            with("DEL").arg(&count).clone(),
        ]
    }

    /// Says so once, and sees to it that it is tried out until it works.
    pub(crate) fn fell(self: &Arc<Self>, trouble: &RelayError) {
        let mut state = self.state();
        state.connection = None;
        state.trouble = Some(trouble.clone());
        if std::mem::replace(&mut state.is_tried, true) {
            return;
        }
        tracing::warn!(reason = %trouble, "each process counts, looks for writes and keeps answers by itself");
        tokio::spawn(try_out(Arc::downgrade(self), self.settings.rest));
    }

    fn rose(&self, connection: MultiplexedConnection) {
        *self.state() = State { connection: Some(connection), ..State::default() };
        tracing::info!(place = self.place(), "is of use again");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends when it works, or when nobody uses it any more.
async fn try_out(line: Weak<Line>, rest: Duration) {
    loop {
        sleep(rest).await;
        let Some(line) = line.upgrade() else { return };
        match line.knock().await {
            Ok(connection) => return line.rose(connection),
            Err(trouble) => line.state().trouble = Some(trouble),
        }
    }
}
