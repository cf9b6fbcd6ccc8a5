//! What goes by the clock, in one process of the hub at a time: whoever holds the schedules. The others wait, and take over within seconds of
//! its end.

use std::pin::pin;
use std::time::Duration;

use labkeeper_store::{Claim, Claimant, Claimed};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{audit_anchors, historian, housekeeper, lookout, notifier, scans, watch};
use crate::house::House;
use crate::keeper::Keeper;

/// What is claimed.
const THING: &str = "the schedules";
/// How often those who wait ask.
const LOOK: Duration = Duration::from_secs(1);
/// For so long nobody knows whether it is held still, and it is. A server gives it to another only some seconds later, so that never two
/// have it.
const BLIND: Duration = Duration::from_secs(5);

/// Waits for the schedules and follows them, until `shutdown`.
pub(super) async fn run(keeper: &Keeper, shutdown: &CancellationToken) {
    let house = keeper.house();
    // Of the process, not of the claim: who has the schedules again goes on where it was.
    let mut told = 0;
    while let Some(claim) = take(house, shutdown).await {
        tracing::info!("this process follows the schedules");
        let until = shutdown.child_token();
        {
            let mut watching = pin!(watch_over(&claim, &until));
            let mut following = pin!(follow(keeper, &until, &mut told));
            tokio::select! {
                // Who leaves in good order comes to an end with what is begun. Who lost the claim drops it: another one begins.
                () = &mut watching => if shutdown.is_cancelled() { following.await },
                () = &mut following => watching.await,
            }
        }
        drop(claim);
    }
}

async fn follow(keeper: &Keeper, until: &CancellationToken, told: &mut i64) {
    let house = keeper.house();
    tokio::join!(
        lookout::run(keeper, until),
        notifier::run(house, until, told),
        historian::run(keeper, until),
        watch::run(house, until),
        scans::run(keeper, until),
        housekeeper::run(house, until),
        audit_anchors::run(house, until),
    );
}

/// Nothing when it shall not wait any more.
async fn take(house: &House, shutdown: &CancellationToken) -> Option<Claim> {
    let mut said = false;
    while !shutdown.is_cancelled() {
        let claimant =
            Claimant { actor: "labkeeper".into(), op: "schedules".into(), since: house.clock().now() };
        match house.store().claim(THING, &claimant).await {
            Ok(Claimed::Ours(claim)) => return Some(claim),
            Ok(Claimed::Theirs(_)) => said = false,
            Err(error) => {
                if !said {
                    tracing::warn!(%error, "the schedules cannot be claimed");
                }
                said = true;
            }
        }
        rest(shutdown).await;
    }
    None
}

/// Ends what follows the schedules once somebody else may have them.
async fn watch_over(claim: &Claim, until: &CancellationToken) {
    let mut known = Instant::now();
    while !until.is_cancelled() {
        rest(until).await;
        let asked = Instant::now();
        match timeout(LOOK, claim.is_held()).await {
            Ok(Ok(true)) => known = asked,
            Ok(Ok(false)) => {
                tracing::warn!("another process has the schedules: those of this one end");
                until.cancel();
            }
            Ok(Err(_)) | Err(_) if known.elapsed() < BLIND => {}
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("the database does not answer: another process may have the schedules by now");
                until.cancel();
            }
        }
    }
}

async fn rest(until: &CancellationToken) {
    tokio::select! {
        () = until.cancelled() => {}
        () = sleep(LOOK) => {}
    }
}
