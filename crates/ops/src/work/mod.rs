//! What goes on beside the calls: following the outbox, mirroring the audit log, looking at the lab.

mod audit_mirror;
mod indexer;
mod lookout;

use tokio_util::sync::CancellationToken;

use crate::keeper::Keeper;

/// Runs every worker until `shutdown`; one process of a hub does so. Whatever it was doing can be taken up again by
/// the next: nothing is lost when it is killed.
pub async fn run(keeper: Keeper, shutdown: CancellationToken) {
    let house = keeper.house();
    tokio::join!(
        indexer::run(house, &shutdown),
        audit_mirror::run(house, &shutdown),
        lookout::run(&keeper, &shutdown)
    );
}
