//! Looks now and then whether the bucket of old contents is of use, so that the log, `/readyz` and `/metrics` say so before somebody wants to
//! write a file of the lab, which is refused without it.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::house::House;

const EVERY: Duration = Duration::from_secs(60);

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let shelf = house.store().shelf();
    let Some(bucket) = shelf.bucket() else { return };
    let mut was_of_use = true;
    loop {
        let looked = tokio::select! {
            () = shutdown.cancelled() => return,
            looked = bucket.look() => looked,
        };
        let is_of_use = looked.is_ok();
        match looked {
            Err(error) if was_of_use => {
                tracing::warn!(%error, "no file of the lab can be written until this is mended");
            }
            Ok(()) if !was_of_use => tracing::info!(%bucket, "the bucket of old contents is of use again"),
            _ => {}
        }
        was_of_use = is_of_use;
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = sleep(EVERY) => {}
        }
    }
}
