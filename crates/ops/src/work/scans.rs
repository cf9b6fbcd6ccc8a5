//! Scans blocks by the clock, and tells people of hosts that were not there before.

use std::time::Duration;

use futures::future::join_all;
use ipnet::IpNet;
use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Notifier;
use labkeeper_store::{Scan, ScanState};
use serde_json::json;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::call::Call;
use crate::discovery::new_hosts::{self, SCHEDULE};
use crate::house::House;
use crate::keeper::Keeper;

/// How long it rests at least between two scans of a block, also when the last one failed.
const REST: Duration = Duration::from_secs(60);

/// All blocks side by side, each in its own time. After a restart a block waits for what is left of its time.
pub(super) async fn run(keeper: &Keeper, shutdown: &CancellationToken) {
    let settings = &keeper.settings().watch;
    let Some(every) = settings.scan_every else { return };
    let each: Vec<_> =
        settings.scans.clone().into_iter().map(|block| follow(keeper, block, every, shutdown)).collect();
    join_all(each).await;
}

async fn follow(keeper: &Keeper, block: IpNet, every: Duration, shutdown: &CancellationToken) {
    let every = every.max(REST);
    let (mut rest, mut after_failure) = (left(keeper.house(), block, every).await.unwrap_or(REST), REST);
    loop {
        // Of whom nobody was told yet, because it was quiet, nobody could be reached, or a hub before this one ended.
        tell(keeper.house(), block).await;
        let mut due = std::pin::pin!(sleep(rest));
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = &mut due => break,
                () = sleep(REST) => tell(keeper.house(), block).await,
            }
        }
        let mut call =
            Call::new(Actor::system(SCHEDULE), "discover_subnet", json!({"cidr": block.to_string()}));
        call.cancelled = shutdown.child_token();
        (rest, after_failure) = match keeper.call(call).await {
            Ok(_) => (every, REST),
            Err(fault) => {
                tracing::warn!(%block, %fault, "a block could not be scanned");
                (after_failure, every.min(2 * after_failure))
            }
        };
    }
}

/// How long until it is time again.
async fn left(house: &House, block: IpNet, every: Duration) -> Result<Duration, Fault> {
    let scans = house.store().read().await?.scans(Some(&block.to_string()), None, 60).await?;
    let own = |scan: &&Scan| scan.actor == SCHEDULE && scan.state == ScanState::Done;
    let Some(last) = scans.iter().find(own) else { return Ok(Duration::ZERO) };
    let since = house.clock().now().0.saturating_sub(last.started_at.0);
    Ok(every.saturating_sub(Duration::from_micros(u64::try_from(since).unwrap_or(0))))
}

/// Tells of new hosts, unless it is quiet. Those of whom nobody could be told stay, and are told again when they cannot be taken away.
async fn tell(house: &House, block: IpNet) {
    let Some(notifier) = house.notifier() else { return };
    if house.settings().watch.quiet.is_some_and(|hours| hours.contains(house.clock().now())) {
        return;
    }
    if let Err(fault) = told(house, &**notifier, block).await {
        tracing::warn!(%block, %fault, "new hosts could not be told, or not be noted as told");
    }
}

async fn told(house: &House, notifier: &dyn Notifier, block: IpNet) -> Result<(), Fault> {
    let untold = new_hosts::untold(&mut house.store().read().await?, block).await?;
    let Some(notice) = new_hosts::notice(block, &untold) else { return Ok(()) };
    match notifier.notify(&notice).await {
        Ok(()) => new_hosts::settle(house.store(), block, &untold).await,
        Err(reason) => {
            tracing::warn!(reason, "nobody could be told of new hosts");
            Ok(())
        }
    }
}
