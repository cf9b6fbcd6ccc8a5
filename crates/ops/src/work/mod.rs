//! What goes on beside the calls: following the outbox, mirroring the audit log, looking at the lab.

mod audit_anchors;
mod audit_beside;
mod audit_mirror;
mod audit_segment;
mod courier;
mod historian;
mod housekeeper;
mod indexer;
mod kept;
mod lookout;
mod notifier;
mod respite;
mod scans;
mod schedules;
mod storekeeper;
mod switchboard;
mod watch;

pub use housekeeper::left_contents;
use tokio_util::sync::CancellationToken;

use crate::files::left;
use crate::house::House;
use crate::keeper::Keeper;

/// Runs every worker until `shutdown`, in each process of a hub that serves. Whatever it was doing can be taken up again by the next, or by
/// another: nothing is lost when it is killed.
pub async fn run(keeper: Keeper, shutdown: CancellationToken) {
    let house = keeper.house();
    tokio::join!(
        indexer::run(house, &shutdown),
        courier::run(house, &shutdown),
        switchboard::run(house, &shutdown),
        audit_mirror::run(house, &shutdown),
        schedules::run(&keeper, &shutdown),
        storekeeper::run(house, &shutdown),
        settle_writes(house)
    );
}

/// Finds out what became of writes of files during which the process before this one ended.
async fn settle_writes(house: &House) {
    if let Err(fault) = left::settle_all(house).await {
        tracing::warn!(%fault, "what became of some writes of files cannot be found out");
    }
}
