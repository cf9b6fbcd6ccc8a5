//! The model for search by meaning.

use std::time::Duration;

use labkeeper_core::checkup::{Finding, Level};
use tokio::time::timeout;

use super::check::Check;
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);

/// Opens it, which reads all of it.
pub(super) async fn check(config: &Config) -> Finding {
    let (place, shown) = (config.models_dir.clone(), config.models_dir.display());
    let opening = tokio::task::spawn_blocking(move || labkeeper_embed::MiniLm::open(&place).map(drop));
    match timeout(PATIENCE, opening).await {
        Ok(Ok(Ok(()))) => Check::Model.ok(format!("{shown} is whole: search goes by words and by meaning")),
        Ok(Ok(Err(error))) => Check::Model
            .finds(Level::Warn, format!("search goes by words only: {error}"))
            .with_remedy("`labkeeper model install`"),
        Ok(Err(_)) | Err(_) => Check::Model
            .finds(Level::Unknown, format!("{shown} did not open within {} s", PATIENCE.as_secs()))
            .with_remedy("look at the disk that it lies on"),
    }
}
