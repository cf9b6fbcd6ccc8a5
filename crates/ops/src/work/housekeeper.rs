//! What is tidied up once a day: contents of files that no row names are put away and later removed, and what calls would have done about which a person decided long ago.

use std::time::Duration;

use labkeeper_core::approval::PLAN_KEPT;
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Fate, Swept, Unnamed};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::house::House;
use crate::keeper::Keeper;

const EVERY: Duration = Duration::from_secs(24 * 3600);

/// At once, and then once a day.
pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    loop {
        match tidy(house).await {
            Ok(Swept { put_away, removed }) => {
                if put_away.files > 0 {
                    tracing::info!(
                        put_away.files,
                        put_away.bytes,
                        "put contents of files away that nothing names"
                    );
                }
                if removed.files > 0 {
                    tracing::info!(
                        removed.files,
                        removed.bytes,
                        "removed contents of files that were put away long ago"
                    );
                }
            }
            Err(fault) => {
                tracing::warn!(%fault, "not everything could be tidied up; it is tried again tomorrow");
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = sleep(EVERY) => {}
        }
    }
}

async fn tidy(house: &House) -> Result<Swept, Fault> {
    let now = house.clock().now();
    let mut tx = house.store().write().await?;
    tx.expire_approvals(now).await?;
    tx.let_go_of_plans(before(now, PLAN_KEPT)).await?;
    tx.tell(now).await?;
    tx.commit().await?;
    Ok(house.store().sweep_contents(now).await?)
}

/// Contents of files that nothing names, and what `serve` does with them on its next round.
///
/// # Errors
/// When the database or the disk fails.
pub async fn left_contents(keeper: &Keeper) -> Result<(Unnamed, Fate), Fault> {
    Ok(keeper.store().unnamed_contents(keeper.clock().now()).await?)
}

fn before(now: Stamp, age: Duration) -> Stamp {
    Stamp(now.0.saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX)))
}
