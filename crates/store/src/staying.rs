//! A process stays at home by itself: whatever else it does or waits for, its locks on the server are looked after, and taken again when the
//! connection that held them ended.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::claim_rows::ClaimRows;
use crate::home::Home;

/// How often it looks, also after a failure: much more often than others need to take this run for dead.
const LOOK: Duration = Duration::from_millis(700);

/// Begins a task that ends with the store: when it moves out, or nobody has it any more.
pub(crate) fn begin(home: &Arc<Home>, claims: &Arc<ClaimRows>) {
    let (home, claims) = (Arc::downgrade(home), Arc::downgrade(claims));
    tokio::spawn(async move {
        let mut said = false;
        loop {
            sleep(LOOK).await;
            let (Some(home), Some(claims)) = (home.upgrade(), claims.upgrade()) else { return };
            if home.has_left() {
                return;
            }
            match home.stay().await {
                Ok(()) => said = false,
                Err(error) => {
                    if !said {
                        tracing::warn!(%error, reason = ?error, "the locks of this process on the database are lost, and cannot be taken again yet");
                    }
                    said = true;
                    continue;
                }
            }
            if let Err(error) = claims.give_back().await {
                tracing::debug!(%error, "claims are given back at the next look");
            }
        }
    });
}
