//! Tells people that a call waits for them, where the owner wants to be told. What is told has no command, no file and no secret in it:
//! only who asks, for what operation, until when, and where to look.

use std::time::Duration;

use labkeeper_core::fault::Fault;
use labkeeper_core::ports::{Notice, Notifier};
use labkeeper_store::{ApprovalFilter, Parked};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::house::House;

/// How often it looks for what other processes parked; what this one parks wakes it.
const LOOK: Duration = Duration::from_secs(2);
/// How long it rests after a failure.
const REST: Duration = Duration::from_secs(20);

/// Tells of what is newer than `told`. After a restart, what still waits is told again: better twice than never.
pub(super) async fn run(house: &House, shutdown: &CancellationToken, told: &mut i64) {
    let Some(notifier) = house.notifier() else { return };
    let mut committed = house.store().watch();
    while !shutdown.is_cancelled() {
        let rest = match step(house, &**notifier, told).await {
            Ok(()) => LOOK,
            Err(reason) => {
                tracing::warn!(reason, "nobody could be told that a call waits for a person");
                REST
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            _ = committed.changed(), if rest == LOOK => {}
            () = sleep(rest) => {}
        }
    }
}

/// Tells of everything newer than `told` that still waits, oldest first.
async fn step(house: &House, notifier: &dyn Notifier, told: &mut i64) -> Result<(), String> {
    for parked in waiting(house, *told).await.map_err(|fault| fault.to_string())? {
        notifier.notify(&notice(house, &parked)).await?;
        *told = parked.id;
    }
    Ok(())
}

async fn waiting(house: &House, told: i64) -> Result<Vec<Parked>, Fault> {
    let filter = ApprovalFilter { asker: None, waiting_at: Some(house.clock().now()), limit: 20 };
    let mut waiting = house.store().read().await?.approvals(&filter).await?;
    waiting.retain(|parked| parked.id > told);
    waiting.reverse();
    Ok(waiting)
}

fn notice(house: &House, parked: &Parked) -> Notice {
    let request = &parked.request;
    Notice {
        title: "labkeeper: a call waits for you".into(),
        text: format!(
            "{} asks for {} (approval {}). Until {} you can say yes; then the answer is no.",
            request.actor,
            request.op,
            parked.id,
            request.expires_at.text()
        ),
        link: house.settings().safety.public_url.as_ref().map(|url| format!("{url}/approvals/{}", parked.id)),
    }
}
