//! What every handler shares.

use labkeeper_core::fault::Fault;
use labkeeper_ops::keeper::Keeper;

use crate::followers::Followers;
use crate::metrics::Metrics;
use crate::options::Options;

pub(crate) struct Rest {
    pub(crate) keeper: Keeper,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    pub(crate) followers: Followers,
    /// First half of this run's request ids.
    pub(crate) run_id: String,
}

impl Rest {
    /// Nobody has a credential and only this machine can reach us.
    pub(crate) async fn is_open(&self) -> Result<bool, Fault> {
        if self.options.require_login || !self.options.listen.ip().is_loopback() {
            return Ok(false);
        }
        Ok(self.keeper.access_state().await?.is_empty())
    }
}
