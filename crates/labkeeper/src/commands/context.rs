//! What every command gets.

use anyhow::Result;
use labkeeper_ops::keeper::Keeper;

use crate::config::Config;
use crate::wire;

/// Configuration as it came out, and how to answer.
pub(crate) struct Context {
    pub(crate) config: Config,
    pub(crate) json: bool,
}

impl Context {
    /// The hub on the data directory.
    pub(super) async fn keeper(&self) -> Result<Keeper> {
        wire::keeper(&self.config, false).await
    }
}
