//! What of a configuration holds for a demo as well. Everything else is about somebody's lab: where it is, what is done in it, who is told.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::Config;
use super::keys::keys;
use super::sources::{Source, Value};

/// Sections and keys that say how a hub is reached, what it says of itself, and how far an assistant may go.
const KEPT: &[&str] = &["server", "auth.require_login", "log", "traces", "mcp", "safety", "discovery.ranges"];
/// Those of the servers that `--on-servers` is about.
const SERVERS: &[&str] = &["database", "redis", "search"];

impl Config {
    /// The same for a demo in that directory.
    ///
    /// # Errors
    /// When one of the values cannot be read, as in [`Config::read`].
    pub(crate) fn for_demo(&self, dir: &Path, on_servers: bool) -> Result<Self> {
        let servers = if on_servers { SERVERS } else { &[] };
        let is_kept = |path: &str| {
            KEPT.iter().chain(servers).any(|kept| {
                path.strip_prefix(kept).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        let values = keys().map(|key| match self.effective.get(key.path) {
            Some(value) if is_kept(key.path) => (key.path, value.clone()),
            _ => (key.path, Value { text: key.default.into(), source: Source::Default }),
        });
        let demo = Self::interpret(dir.into(), values.collect(), &BTreeMap::new())?;
        // The model is the one thing worth sharing with the real hub.
        Ok(Self {
            models_dir: self.models_dir.clone(),
            mcp_tier: self.mcp_tier,
            host_root: self.host_root.clone(),
            ..demo
        })
    }
}
