//! The server through which processes of one hub pass word, when there is one.

use anyhow::{Result, anyhow};
use labkeeper_redis::Settings;

use super::sources::Values;

/// What `redis.url` says; `None` when it is empty.
///
/// # Errors
/// Names the value and what it wants. The address may have a password in it, and is not repeated.
pub(super) fn relay(effective: &Values) -> Result<Option<Settings>> {
    let value = &effective["redis.url"];
    let url = value.text.trim();
    if url.is_empty() {
        return Ok(None);
    }
    Settings::new(url).map(Some).map_err(|error| anyhow!("{} {error}", value.source.name("redis.url")))
}
