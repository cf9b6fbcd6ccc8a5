//! The configurations that Proxmox has of its guests, by the API.

use std::fmt::Write as _;

use labkeeper_core::fault::Fault;
use labkeeper_core::history::Source;
use labkeeper_core::ports::History;
use labkeeper_core::pve::{GuestConfig, GuestRef, calls};

use super::keeping::Keeping;
use super::swept::{Swept, SweptSource};
use crate::clusters::Found;

/// What says nothing about how a guest is set up.
const PASSING: &[&str] = &["digest", "lock"];

/// Reads a guest's configuration, and compares it with what is kept.
pub(super) async fn sweep(found: &Found, history: &dyn History, keeping: &Keeping<'_>) -> Swept {
    let guest = GuestRef { cluster: found.cluster.cluster().clone(), vmid: found.row.vmid };
    let source = Source::Config(guest, found.row.kind);
    match compared(found, &source, history, keeping).await {
        Ok(swept) => swept,
        Err(fault) => Swept::failed(&source, fault.message),
    }
}

async fn compared(
    found: &Found,
    source: &Source,
    history: &dyn History,
    keeping: &Keeping<'_>,
) -> Result<Swept, Fault> {
    let mut swept = Swept { source: SweptSource::of(source), files: Vec::new() };
    let Some(path) = source.config_file() else { return Ok(swept) };
    let config: GuestConfig = found.ask(&calls::guest::config(&found.at())).await?;
    let text = keeping.content(&format!("/etc/pve/{}.conf", found.row.vmid), text_of(&config).as_bytes());
    match history.read(&path).await? {
        Some(kept) if kept == text => swept.source.unchanged = 1,
        kept => {
            if kept.is_some() {
                swept.source.changed = 1;
            } else {
                swept.source.added = 1;
            }
            swept.files.push((path, Some(text)));
        }
    }
    Ok(swept)
}

/// A line for each key. What has line breaks in it is escaped: no value can pass for another key.
fn text_of(config: &GuestConfig) -> String {
    let mut text = String::new();
    for (key, value) in config.iter().filter(|(key, _)| !PASSING.contains(key)) {
        let value = value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        let _ = writeln!(text, "{key}: {value}");
    }
    text
}
