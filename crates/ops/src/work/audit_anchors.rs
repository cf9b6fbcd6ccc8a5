//! Takes every checkpoint of the audit log to the places outside. Nothing waits for that: a place that does not
//! answer is asked again, and said to be in trouble until it takes them.

use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;
use labkeeper_core::ports::Anchor;
use labkeeper_store::{AnchorState, KeptCheckpoint, StoreError};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::house::House;

const LOOK: Duration = Duration::from_secs(1);
/// How soon a place in trouble is asked again.
const REST: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(20);
const BATCH: i64 = 200;

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let places: Vec<&dyn Anchor> = house.settings().audit.anchors.iter().map(|anchor| &**anchor).collect();
    if places.is_empty() {
        return;
    }
    let mut resting: HashMap<String, Instant> = HashMap::new();
    while !shutdown.is_cancelled() {
        resting.retain(|_, until| *until > Instant::now());
        let awake = places.iter().filter(|place| !resting.contains_key(place.name()));
        let done = join_all(awake.map(async |place| (place.name(), deliver(house, *place).await))).await;
        for (name, result) in done {
            if !matches!(result, Ok(true)) {
                resting.insert(name.into(), Instant::now() + REST);
            }
            if let Err(error) = result {
                tracing::warn!(anchor = name, %error, "checkpoints of the audit log could not be delivered");
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(LOOK) => {}
        }
    }
}

/// Takes to a place what it lacks. False when it does not take it.
async fn deliver(house: &House, place: &dyn Anchor) -> Result<bool, StoreError> {
    let store = house.store();
    let mut view = store.read().await?;
    let states = view.audit_anchors().await?;
    let state = states.iter().find(|state| state.name == place.name());
    let after = state.map_or(0, |state| state.size);
    let kept: Vec<KeptCheckpoint> = view.audit_checkpoints(after, BATCH).await?;
    let Some(last) = kept.last().map(|last| last.size) else { return Ok(true) };
    let notes: Vec<String> = kept.into_iter().map(|kept| kept.note).collect();
    drop(view);
    let taken = timeout(PATIENCE, place.keep(&notes)).await;
    let taken = taken.unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
    let now = house.clock().now();
    match taken {
        Ok(()) => {
            if let Some(AnchorState { trouble: Some(_), .. }) = state {
                tracing::info!(anchor = place.name(), "the audit log is anchored again");
            }
            store.anchored(place.name(), last, now).await.map(|()| true)
        }
        Err(trouble) => {
            // What goes on is said once.
            if state.and_then(|state| state.trouble.as_ref()) != Some(&trouble) {
                tracing::warn!(anchor = place.name(), trouble, "checkpoints of the audit log are not taken");
                store.not_anchored(place.name(), &trouble, now).await?;
            }
            Ok(false)
        }
    }
}
