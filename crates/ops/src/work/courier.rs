//! Keeps the server of vectors up to date while the hub serves, and looks from time to time whether it still holds what it was given.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::respite::Respite;
use crate::house::House;
use crate::search::delivery;
use crate::search::ledger::Ledger;

/// How often it looks whether there is something to send.
const LOOK: Duration = Duration::from_millis(200);
/// How often it asks how much the server holds.
const CHECK: Duration = Duration::from_secs(5);
/// How long it rests after a failure, at first and at most.
const REST: Duration = Duration::from_millis(500);
const LONGEST_REST: Duration = Duration::from_secs(10);
/// Points sent before it looks around again.
const AT_ONCE: usize = 2_048;

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    if house.vectors().is_none() {
        return;
    }
    let mut respite = Respite::between(REST, LONGEST_REST);
    let mut checked = Instant::now();
    let mut said: Option<String> = None;
    while !shutdown.is_cancelled() {
        let pause = match step(house, &mut checked).await {
            Ok(()) => {
                if said.take().is_some() {
                    tracing::info!("the server of vectors is there again");
                }
                respite.ended();
                LOOK
            }
            Err(reason) => {
                // A server that stays away is said once.
                if said.as_ref() != Some(&reason) {
                    tracing::warn!(reason, "search goes on by words alone");
                    said = Some(reason);
                }
                respite.after_failure()
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

async fn step(house: &House, checked: &mut Instant) -> Result<(), String> {
    let is_behind = {
        let search = house.search();
        let state = search.read();
        search.link.trouble().is_some() || state.ledger().is_some_and(Ledger::has_work)
    };
    if is_behind {
        return delivery::deliver(house, AT_ONCE).await.map(drop);
    }
    if checked.elapsed() > CHECK {
        *checked = Instant::now();
        return delivery::check(house).await;
    }
    Ok(())
}
