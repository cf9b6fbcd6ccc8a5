//! What every handler shares.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Method;
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
    /// Routes of operations as documented, by method and by the pattern that the router knows them under.
    pub(crate) routes: HashMap<String, Arc<str>>,
    /// First half of this run's request ids.
    pub(crate) run_id: String,
}

impl Rest {
    /// The route as documented, for figures and spans; one that is no operation's is called as the router calls it.
    pub(crate) fn documented(&self, method: &Method, pattern: &str) -> Arc<str> {
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        self.routes.get(&format!("{method} {pattern}")).cloned().unwrap_or_else(|| pattern.into())
    }

    /// Nobody has a credential and only this machine can reach us.
    pub(crate) async fn is_open(&self) -> Result<bool, Fault> {
        if self.options.require_login || !self.options.listen.ip().is_loopback() {
            return Ok(false);
        }
        Ok(self.keeper.access_state().await?.is_empty())
    }
}
