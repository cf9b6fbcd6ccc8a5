//! Follows the outbox: brings the search index up to date, makes vectors, and trims what everybody has read.

use std::sync::atomic::Ordering;
use std::time::Duration;

use labkeeper_core::fault::Fault;
use labkeeper_store::Edition;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::house::House;
use crate::search::{embedding, follow};

/// How often it looks for writes of other processes; those of this one wake it.
const LOOK: Duration = Duration::from_millis(400);
/// How long it lets writes gather, so that a run of them is read once; whoever searches meanwhile does not wait for it.
const GATHER: Duration = Duration::from_millis(50);
/// How long it rests after a failure.
const REST: Duration = Duration::from_secs(10);
/// How often the outbox is trimmed, and to how many events.
const TRIM: Duration = Duration::from_secs(3600);
const KEEP: i64 = 50_000;
/// Texts embedded before it looks at the outbox again.
const BATCH: usize = 8;
/// Name of its cursor: up to here the outbox may be trimmed.
const CURSOR: &str = "search";

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    house.search().has_worker.store(true, Ordering::Relaxed);
    follow_writes(house, shutdown).await;
    house.search().has_worker.store(false, Ordering::Relaxed);
}

async fn follow_writes(house: &House, shutdown: &CancellationToken) {
    let mut committed = house.store().watch();
    let mut trimmed: Option<Instant> = None;
    let mut said: Option<String> = None;
    while !shutdown.is_cancelled() {
        let rest = match step(house, &mut said).await {
            Ok(left) if left > 0 => Duration::ZERO,
            Ok(_) => LOOK,
            Err(fault) => {
                tracing::error!(error = %fault, reason = ?fault.details, "the search index could not be brought up to date");
                REST
            }
        };
        if trimmed.is_none_or(|at| at.elapsed() > TRIM) {
            trimmed = Some(Instant::now());
            if let Err(fault) = trim(house).await {
                tracing::warn!(error = %fault, "the outbox could not be trimmed");
            }
        }
        if rest.is_zero() {
            tokio::task::yield_now().await;
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = gathered(&mut committed), if rest == LOOK => {}
            () = sleep(rest) => {}
        }
    }
}

async fn gathered(committed: &mut watch::Receiver<Edition>) {
    let _ = committed.changed().await;
    sleep(GATHER).await;
}

/// Answers how many texts wait for a vector that can be made.
async fn step(house: &House, said: &mut Option<String>) -> Result<usize, Fault> {
    house.store().notice_foreign_writes().await?;
    follow::catch_up(house).await?;
    match embedding::fill(house, BATCH).await {
        Ok(left) => {
            *said = None;
            Ok(left)
        }
        Err(reason) => {
            // A model that stays away is said once, not twice a second.
            if said.as_ref() != Some(&reason) {
                tracing::warn!(reason, "search goes on by words alone");
                *said = Some(reason);
            }
            Ok(0)
        }
    }
}

async fn trim(house: &House) -> Result<(), Fault> {
    let Some(cursor) = house.search().read().cursor else { return Ok(()) };
    let mut tx = house.store().write().await?;
    tx.set_cursor(CURSOR, cursor).await?;
    tx.trim_events(KEEP).await?;
    tx.commit().await?;
    Ok(())
}
