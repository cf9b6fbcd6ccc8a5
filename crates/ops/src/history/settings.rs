//! What of the lab's configuration is kept, as the owner set it.

use std::time::Duration;

use labkeeper_core::history::Watch;

/// What the owner decided about the history.
#[derive(Debug, Clone, Default)]
pub struct HistorySettings {
    /// What is watched.
    pub watch: Watch,
    /// How often the lab is swept while serving; never when `None`.
    pub sweep_every: Option<Duration>,
}
