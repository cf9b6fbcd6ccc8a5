//! Backups of guests: the predecessor's variables.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use labkeeper_ops::proxmox::guest_backup_settings::BackupSettings;

use super::health::whole;
use super::sources::Values;

/// # Errors
/// Names the value and what it wants.
pub(super) fn backups(values: &Values) -> Result<BackupSettings> {
    let name = |key: &str| values.get(key).map_or_else(|| key.to_owned(), |value| value.source.name(key));
    let storage =
        values.get("backups.storage").map(|value| value.text.trim()).filter(|text| !text.is_empty());
    let storage = storage.map(str::parse).transpose();
    let kept = whole(values, "backups.per_guest")? as usize;
    if kept == 0 {
        bail!(
            "{} wants a whole number from 1 on: the one just made is always kept",
            name("backups.per_guest")
        );
    }
    Ok(BackupSettings {
        storage: storage.map_err(|error| anyhow!("{}: {error}", name("backups.storage")))?,
        kept,
        patience: Duration::from_millis(u64::from(whole(values, "backups.timeout_ms")?)),
    })
}
