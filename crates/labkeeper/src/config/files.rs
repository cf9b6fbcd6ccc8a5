//! Where files of the lab are not touched, and how much of their old versions is kept: the predecessor's variables, and ours.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use labkeeper_core::file::{Breaker, FileRules, Prefixes, Quota};

use super::health::whole;
use super::sources::Values;

/// # Errors
/// Names the value and what it wants.
pub(super) fn rules(values: &Values) -> Result<FileRules> {
    Ok(FileRules {
        deny: prefixes(values, "files.deny")?,
        allow: prefixes(values, "files.allow")?,
        largest: bytes(values, "files.write_max_bytes")?,
        window: bytes(values, "files.read_max_bytes")?,
        quota: Quota {
            versions: from_one(values, "files.versions")? as usize,
            bytes: bytes(values, "files.versions_max_bytes")?,
        },
        breaker: Breaker {
            enabled: switch(values, "files.breaker")?,
            limit: from_one(values, "files.breaker_limit")? as usize,
            window: Duration::from_millis(u64::from(whole(values, "files.breaker_window_ms")?)),
        },
    })
}

fn text<'a>(values: &'a Values, key: &str) -> Result<(&'a str, String)> {
    let value = values.get(key).ok_or_else(|| anyhow!("{key} has no value"))?;
    Ok((value.text.trim(), value.source.name(key)))
}

fn prefixes(values: &Values, key: &str) -> Result<Prefixes> {
    let Some(value) = values.get(key) else { return Ok(Prefixes::default()) };
    let parts = value.text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let paths = parts
        .map(|part| part.parse().map_err(|error| anyhow!("{}: \"{part}\": {error}", value.source.name(key))));
    Ok(Prefixes::new(paths.collect::<Result<_>>()?))
}

fn bytes(values: &Values, key: &str) -> Result<u64> {
    let (text, name) = text(values, key)?;
    match text.parse::<u64>() {
        Ok(bytes) if (1..=u64::from(u32::MAX) << 10).contains(&bytes) => Ok(bytes),
        _ => bail!("{name} wants a number of bytes from 1 on, not \"{text}\""),
    }
}

fn from_one(values: &Values, key: &str) -> Result<u32> {
    match whole(values, key)? {
        0 => bail!("{} wants a whole number from 1 on", text(values, key)?.1),
        number => Ok(number),
    }
}

fn switch(values: &Values, key: &str) -> Result<bool> {
    match text(values, key)? {
        ("true" | "1" | "yes", _) => Ok(true),
        ("false" | "0" | "no", _) => Ok(false),
        (other, name) => bail!("{name} wants true or false, not \"{other}\""),
    }
}
