//! Where people are told what they should know.

use anyhow::{Result, anyhow};

use super::sources::Values;
use crate::notify::{Channel, PlainForm};

/// Where to tell people.
#[derive(Debug, Clone)]
pub(crate) struct Notify {
    /// Each of them is told.
    pub(crate) channels: Vec<Channel>,
    /// These, when none of them takes it.
    pub(crate) fallback: Vec<Channel>,
    pub(crate) token: Option<String>,
}

/// What the keys `notify.…` say; `None` without an address.
///
/// # Errors
/// Names the value and what it wants. The address may be a secret, and is not in it.
pub(super) fn notify(effective: &Values) -> Result<Option<Notify>> {
    let text =
        |key: &str| effective.get(key).map(|value| value.text.as_str()).filter(|text| !text.is_empty());
    let name = |key: &str| effective[key].source.name(key);
    let plain = match text("notify.format") {
        Some("ntfy") | None => PlainForm::Ntfy,
        Some("json") => PlainForm::Json,
        Some(other) => return Err(anyhow!("{} wants ntfy or json, not \"{other}\"", name("notify.format"))),
    };
    let channels = |key: &str| -> Result<Vec<Channel>> {
        let all = text(key).unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
        all.map(|part| {
            Channel::parse(part, plain).ok_or_else(|| {
                anyhow!(
                    "{} wants addresses such as https://ntfy.sh/my-topic, gotifys://host/key or tgram://bot/chat, separated by commas",
                    name(key)
                )
            })
        })
        .collect()
    };
    let (channels, fallback) = (channels("notify.url")?, channels("notify.fallback")?);
    if channels.is_empty() && !fallback.is_empty() {
        return Err(anyhow!("{} is for when notify.url fails: set notify.url too", name("notify.fallback")));
    }
    Ok((!channels.is_empty()).then(|| Notify {
        channels,
        fallback,
        token: text("notify.token").map(Into::into),
    }))
}
