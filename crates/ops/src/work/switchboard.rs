//! Passes word between the processes of the hub: tells what was committed here, and looks at the database at once when another tells
//! something. Without a relay, or while it is away, each looks by itself several times a second.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::ports::Relay;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::house::House;

/// How long it rests after listening ended.
const REST: Duration = Duration::from_secs(3);
/// How often the newest event is told at least.
const AGAIN: Duration = Duration::from_secs(5);

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let Some(relay) = house.relay() else { return };
    let word = Notify::new();
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = tell(house, &**relay) => {}
        () = listen(house, relay, &word) => {}
        () = look(house, &word) => {}
    }
}

/// Also when nothing is new, so that it is known whether the relay is of use, and nobody who listens takes silence for an end.
/// Also what was noticed of writes by processes that tell nobody: word of it is at worst told by each.
async fn tell(house: &House, relay: &dyn Relay) {
    let mut committed = house.store().watch();
    loop {
        let event = committed.borrow_and_update().seq;
        // The relay says once that it is away; the others look by themselves.
        let _ = relay.tell(event).await;
        let _ = timeout(AGAIN, committed.changed()).await;
    }
}

async fn listen(house: &House, relay: &Arc<dyn Relay>, word: &Notify) {
    let committed = house.store().watch();
    loop {
        let heard = |event: i64| {
            if event == 0 || event > committed.borrow().seq {
                word.notify_one();
            }
        };
        if let Err(error) = relay.hear(&heard).await {
            tracing::debug!(reason = %error, "nothing is heard of other processes");
            sleep(REST).await;
        }
    }
}

async fn look(house: &House, word: &Notify) {
    loop {
        word.notified().await;
        if let Err(error) = house.store().notice_foreign_writes().await {
            tracing::warn!(%error, "what another process told of cannot be read; it is looked for again soon");
        }
    }
}
