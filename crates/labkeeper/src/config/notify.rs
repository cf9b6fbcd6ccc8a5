//! Where people are told that a call waits for them.

use std::fmt;

use anyhow::{Result, anyhow};
use reqwest::Url;

use super::sources::Values;

/// An address to tell people at.
#[derive(Clone)]
pub(crate) struct Notify {
    pub(crate) url: Url,
    pub(crate) format: NotifyFormat,
    pub(crate) token: Option<String>,
}

impl fmt::Debug for Notify {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Notify").field("format", &self.format).finish_non_exhaustive()
    }
}

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotifyFormat {
    /// As ntfy takes it.
    Ntfy,
    /// `{title, text, link}`.
    Json,
}

/// What the keys `notify.…` say; `None` without an address.
///
/// # Errors
/// Names the value and what it wants. The address may be a secret, and is not in it.
pub(super) fn notify(effective: &Values) -> Result<Option<Notify>> {
    let text =
        |key: &str| effective.get(key).map(|value| value.text.as_str()).filter(|text| !text.is_empty());
    let Some(url) = text("notify.url") else { return Ok(None) };
    let name = |key: &str| effective[key].source.name(key);
    let url = address(url)
        .ok_or_else(|| anyhow!("{} wants an address such as https://ntfy.sh/my-topic", name("notify.url")))?;
    let format = match text("notify.format") {
        Some("ntfy") | None => NotifyFormat::Ntfy,
        Some("json") => NotifyFormat::Json,
        Some(other) => return Err(anyhow!("{} wants ntfy or json, not \"{other}\"", name("notify.format"))),
    };
    Ok(Some(Notify { url, format, token: text("notify.token").map(Into::into) }))
}

/// An address that is good for telling people.
fn address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
