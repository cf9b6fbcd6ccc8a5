//! From where on the health of a lab is worth a word: the predecessor's variables, and ours.

use anyhow::{Result, anyhow, bail};
use labkeeper_core::checkup::Notice;
use labkeeper_core::health::Thresholds;

use super::sources::Values;

/// # Errors
/// Names the value and what it wants.
pub(super) fn thresholds(values: &Values) -> Result<Thresholds> {
    let units = values.get("health.failed_units_crit").map_or("", |value| value.text.as_str());
    Ok(Thresholds {
        load: pair(values, "health.load_warn_ratio", "health.load_crit_ratio")?,
        memory: pair(values, "health.mem_warn_pct", "health.mem_crit_pct")?,
        space: pair(values, "health.fs_warn_pct", "health.fs_crit_pct")?,
        updates: whole(values, "health.pending_updates_warn")? as usize,
        critical_units: units
            .split(',')
            .map(str::trim)
            .filter(|unit| !unit.is_empty())
            .map(Into::into)
            .collect(),
        backup_days: whole(values, "health.backup_days")?,
        certificates: notice(values)?,
    })
}

fn notice(values: &Values) -> Result<Notice> {
    let (crit, warn) = pair(values, "health.certificate_crit_days", "health.certificate_warn_days")?;
    Ok(Notice { warn: warn as i64, crit: crit as i64 })
}

/// Two numbers of which the first is not the larger.
fn pair(values: &Values, low: &str, high: &str) -> Result<(f64, f64)> {
    let (first, second) = (number(values, low)?, number(values, high)?);
    if first > second {
        let name = |key: &str| values.get(key).map_or_else(|| key.into(), |value| value.source.name(key));
        bail!(
            "{} is {first}, more than {}, which is {second}: give the first a smaller value",
            name(low),
            name(high)
        );
    }
    Ok((first, second))
}

fn number(values: &Values, key: &str) -> Result<f64> {
    let value = values.get(key).ok_or_else(|| anyhow!("{key} has no value"))?;
    let number = value.text.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    number
        .ok_or_else(|| anyhow!("{} wants a number from 0 on, not \"{}\"", value.source.name(key), value.text))
}

pub(super) fn whole(values: &Values, key: &str) -> Result<u32> {
    let value = values.get(key).ok_or_else(|| anyhow!("{key} has no value"))?;
    value.text.trim().parse().map_err(|_| {
        anyhow!("{} wants a whole number from 0 on, not \"{}\"", value.source.name(key), value.text)
    })
}
