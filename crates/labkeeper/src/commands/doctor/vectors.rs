//! The server that vectors are kept on.

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::vectors::VectorError;
use labkeeper_ops::keeper::Keeper;

use super::check::Check;
use crate::config::Config;

/// Asks it as a question would, and changes nothing; nothing to say where vectors are kept in memory.
pub(super) async fn check(keeper: &Keeper, config: &Config) -> Option<Finding> {
    config.vectors.as_ref()?;
    let (place, looked) = keeper.look_at_vectors().await?;
    Some(match looked {
        Ok(Some(standing)) => {
            Check::Vectors.ok(format!("{place} answers and holds {} texts", standing.points))
        }
        Ok(None) => Check::Vectors
            .ok(format!("{place} answers; the collection is made when a hub first has something for it")),
        Err(error @ (VectorError::NotOurs { .. } | VectorError::Denied { .. })) => Check::Vectors
            .finds(Level::Crit, error.to_string())
            .with_remedy("until then search goes by words; nothing there is changed"),
        Err(error) => Check::Vectors.finds(Level::Warn, error.to_string()).with_remedy(
            "until then search goes by words; `labkeeper serve` fills it by itself when it is there again",
        ),
    })
}
