//! The Redis server through which processes of the hub pass word.

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_ops::keeper::Keeper;

use super::check::Check;

/// Asks it for all that it is used for, and leaves nothing behind; nothing to say where there is none.
pub(super) async fn check(keeper: &Keeper) -> Option<Finding> {
    let (place, tried) = keeper.try_relay().await?;
    Some(match tried {
        Ok(()) => Check::Redis.ok(format!("{place} passes word, counts and keeps answers")),
        Err(error) => Check::Redis.finds(Level::Warn, error.to_string()).with_remedy(
            "until then each process counts, looks for writes and keeps answers by itself; it is used again by itself when it works",
        ),
    })
}
