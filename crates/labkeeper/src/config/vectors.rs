//! The server that vectors are kept on, when there is one.

use anyhow::{Result, anyhow};
use labkeeper_qdrant::Settings;
use reqwest::Url;

use super::sources::Values;

/// What a collection may be called: Qdrant makes a directory of it.
const LONGEST: usize = 255;

/// What the keys `search.qdrant_…` say; `None` without an address.
///
/// # Errors
/// Names the value and what it wants. The address may have a password in it, and is not repeated.
pub(super) fn vectors(effective: &Values) -> Result<Option<Settings>> {
    let text = |key: &str| effective.get(key).map(|value| value.text.trim()).filter(|text| !text.is_empty());
    let name = |key: &str| effective[key].source.name(key);
    let Some(url) = text("search.qdrant_url") else { return Ok(None) };
    let is_http = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let url = Url::parse(url).ok().filter(is_http).ok_or_else(|| {
        anyhow!("{} wants an address such as http://qdrant:6333", name("search.qdrant_url"))
    })?;
    let collection = text("search.qdrant_collection").unwrap_or("labkeeper");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if collection.len() > LONGEST || !collection.chars().all(is_plain) || collection.starts_with('.') {
        return Err(anyhow!(
            "{} wants letters, digits, - and _, not \"{collection}\"",
            name("search.qdrant_collection")
        ));
    }
    let key = text("search.qdrant_api_key").map(Into::into);
    Ok(Some(Settings { key, ..Settings::new(url, collection) }))
}
