//! What of the network is watched while serving.

use std::time::Duration;

use anyhow::{Result, anyhow};
use ipnet::IpNet;
use labkeeper_core::discovery::QuietHours;
use labkeeper_ops::discovery::watch_settings::WatchSettings;

use super::health::whole;
use super::sources::Values;

/// Long enough for a switch to come back, or a machine to be awake.
const PAUSE: Duration = Duration::from_secs(5);

/// # Errors
/// Names the value and what it wants.
pub(super) fn watch(values: &Values) -> Result<WatchSettings> {
    let text = |key: &str| values.get(key).map_or("", |value| value.text.trim());
    let name = |key: &str| values.get(key).map_or_else(|| key.into(), |value| value.source.name(key));
    let every = |key: &str, unit: u64| -> Result<Option<Duration>> {
        let many = u64::from(whole(values, key)?);
        Ok((many > 0).then(|| Duration::from_secs(many * unit)))
    };
    let blocks = text("discovery.schedule").split(',').map(str::trim).filter(|part| !part.is_empty());
    let scans: Vec<IpNet> = blocks
        .map(|part| {
            let block = part.parse::<IpNet>().map(|block| block.trunc());
            block.map_err(|_| {
                anyhow!("{} wants blocks such as 192.168.1.0/24, not \"{part}\"", name("discovery.schedule"))
            })
        })
        .collect::<Result<_>>()?;
    let quiet = match text("notify.quiet") {
        "" => None,
        hours => {
            Some(QuietHours::parse(hours).map_err(|wants| anyhow!("{}: {wants}", name("notify.quiet")))?)
        }
    };
    let here = text("watch.here").split(',').map(str::trim).filter(|part| !part.is_empty());
    let here = here.map(Into::into).collect();
    Ok(WatchSettings {
        every: every("watch.minutes", 60)?,
        pause: PAUSE,
        scan_every: every("discovery.schedule_hours", 3600)?.filter(|_| !scans.is_empty()),
        scans,
        here,
        quiet,
    })
}
