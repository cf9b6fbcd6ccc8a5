//! How careful the hub is.

use std::time::Duration;

use anyhow::{Result, anyhow};
use labkeeper_core::approval::Approvals;
use labkeeper_ops::keeper::Safety;

use super::health::whole;
use super::sources::Values;

/// What the keys `safety.…` say.
///
/// # Errors
/// Names the value and what it wants.
pub(super) fn safety(effective: &Values) -> Result<Safety> {
    let wrong = |key: &str, wants: &str| {
        let value = &effective[key];
        anyhow!("{} wants {wants}, not \"{}\"", value.source.name(key), value.text)
    };
    let text = |key: &str| effective.get(key).map_or("", |value| value.text.as_str());
    let approvals = Approvals::parse(text("safety.approvals"))
        .ok_or_else(|| wrong("safety.approvals", "agent, human or strict"))?;
    let patience = match whole(effective, "safety.approval_minutes")? {
        minutes @ 1..=1440 => Duration::from_secs(u64::from(minutes) * 60),
        _ => return Err(wrong("safety.approval_minutes", "a whole number from 1 to 1440")),
    };
    let switch = |key: &str| match text(key) {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(wrong(key, "true or false")),
    };
    let list = |key: &str| -> Vec<String> {
        let parts = text(key).split(',').map(str::trim).filter(|entry| !entry.is_empty());
        parts.map(Into::into).collect()
    };
    Ok(Safety {
        approvals,
        patience,
        asks_people: switch("safety.ask_people")?,
        elicitation: switch("safety.elicitation")?,
        denylist: list("safety.denylist"),
        secret_keys: list("safety.secret_keys"),
        ..Safety::default()
    })
}
