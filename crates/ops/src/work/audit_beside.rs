//! Takes every checkpoint of the audit log to the file beside its mirror, in each data directory: no anchor, but whoever cuts the log has to
//! think of it too.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use labkeeper_core::audit::Checkpoint;
use labkeeper_core::fault::Fault;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::respite::Respite;
use crate::house::House;
use crate::journal::audit_notes;

const LOOK: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(60);
const BATCH: i64 = 200;

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let (mut last, mut respite) = (None, Respite::between(LOOK, LONGEST_REST));
    while !shutdown.is_cancelled() {
        let rest = match step(house, &mut last).await {
            Ok(()) => {
                respite.ended();
                LOOK
            }
            Err(fault) => {
                tracing::warn!(%fault, "checkpoints of the audit log cannot be written beside it");
                last = None;
                respite.after_failure()
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(rest) => {}
        }
    }
}

/// `last` is the newest that is there, once that is known.
async fn step(house: &House, last: &mut Option<i64>) -> Result<(), Fault> {
    let path = audit_notes::beside(&house.settings().data_dir);
    let after = match *last {
        Some(after) => after,
        None => newest(house, path.clone()).await?,
    };
    let kept = house.store().read().await?.audit_checkpoints(after, BATCH).await?;
    *last = Some(kept.last().map_or(after, |kept| kept.size));
    let notes: Vec<String> = kept.into_iter().map(|kept| kept.note).collect();
    if notes.is_empty() {
        return Ok(());
    }
    blocking(move || audit_notes::append(&path, &notes)).await
}

/// The newest in the file that is of this log, as far as it goes now: it may have been put back to an earlier day.
async fn newest(house: &House, path: PathBuf) -> Result<i64, Fault> {
    let notes = blocking(move || audit_notes::read(&path)).await?;
    let mut view = house.store().read().await?;
    for note in notes.into_iter().rev() {
        let Ok(claimed) = Checkpoint::claimed(&note) else { continue };
        let Ok(size) = i64::try_from(claimed.size) else { continue };
        let known = view.audit_checkpoints(size - 1, 1).await?;
        if known.first().is_some_and(|known| known.note == note) {
            return Ok(size);
        }
    }
    Ok(0)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Fault> {
    let done = spawn_blocking(work).await.map_err(|panic| Fault::internal(&panic))?;
    done.map_err(|error| Fault::internal(&error))
}
