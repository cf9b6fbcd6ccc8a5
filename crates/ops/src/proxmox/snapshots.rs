//! What the snapshot tools share: which snapshots are ours, and how a guest's kind is called there.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{GuestKind, Snapshot, SnapshotName, Snapshots, calls};
use labkeeper_core::stamp::Stamp;

use crate::clusters::Found;

/// How the names of our snapshots begin; others are somebody else's and never touched.
pub(super) const OURS: &str = "mcp-";

/// `pct` or `qm`, as the predecessor's snapshot tools answer it.
pub(super) fn tool(kind: GuestKind) -> &'static str {
    match kind {
        GuestKind::Lxc => "pct",
        GuestKind::Qemu => "qm",
    }
}

pub(super) fn is_ours(name: &SnapshotName) -> bool {
    name.as_str().starts_with(OURS)
}

/// A name for a snapshot made now: `mcp-20260609-213000`, UTC.
pub(super) fn name_at(now: Stamp) -> Result<SnapshotName, Fault> {
    let digits: String = now.text().chars().take(19).filter(char::is_ascii_digit).collect();
    let (day, time) = digits.split_at(8);
    format!("{OURS}{day}-{time}").parse().map_err(|error| Fault::internal(&error))
}

pub(super) async fn list(found: &Found) -> Result<Snapshots, Fault> {
    found.ask(&calls::snapshot::list(&found.at())).await
}

/// Snapshots of ours that are too many beside the newest one, oldest first. One that was never finished counts as none.
pub(super) fn beyond<'a>(snapshots: &'a Snapshots, newest: &SnapshotName, kept: usize) -> Vec<&'a Snapshot> {
    let others =
        snapshots.snapshots.iter().filter(|snapshot| is_ours(&snapshot.name) && snapshot.name != *newest);
    let mut others: Vec<&Snapshot> = others.filter(|snapshot| snapshot.snapstate.is_none()).collect();
    others.sort_by_key(|snapshot| (snapshot.snaptime.unwrap_or(i64::MAX), snapshot.name.clone()));
    others.truncate((others.len() + 1).saturating_sub(kept));
    others
}

/// A snapshot of ours that is there.
///
/// # Errors
/// When it is somebody else's, or not there.
pub(super) fn ours<'a>(
    found: &Found,
    snapshots: &'a Snapshots,
    name: &SnapshotName,
) -> Result<&'a Snapshot, Fault> {
    if !is_ours(name) {
        let message =
            format!("{name} was not made by labkeeper: only snapshots whose names begin with {OURS} are");
        let fault = Fault::new(Code::Denied, message).with_field("name");
        return Err(fault.with_hint("use Proxmox's own interface for the others"));
    }
    snapshots.find(name).ok_or_else(|| {
        let names: Vec<&str> = snapshots.snapshots.iter().map(|snapshot| snapshot.name.as_str()).collect();
        let there = if names.is_empty() { "none".into() } else { names.join(", ") };
        Fault::not_found(format!("{} has no snapshot {name}", found.text()))
            .with_field("name")
            .with_hint(format!("there are: {there}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshots(names: &[(&str, i64)]) -> Snapshots {
        let rows: Vec<_> =
            names.iter().map(|(name, at)| serde_json::json!({"name": name, "snaptime": at})).collect();
        serde_json::from_value(rows.into()).unwrap()
    }

    #[test]
    fn the_oldest_of_ours_go_and_nobody_elses() {
        let all =
            snapshots(&[("mcp-b", 20), ("before-upgrade", 1), ("mcp-d", 40), ("mcp-a", 10), ("mcp-c", 30)]);
        let going = |all: &Snapshots, newest: &str| -> Vec<String> {
            beyond(all, &newest.parse().unwrap(), 3)
                .iter()
                .map(|snapshot| snapshot.name.to_string())
                .collect()
        };
        assert_eq!(going(&all, "mcp-d"), ["mcp-a"]);
        assert_eq!(going(&all, "mcp-a"), ["mcp-b"], "never the one just made, whatever its time says");
        assert!(going(&snapshots(&[("mcp-a", 1), ("mcp-b", 2), ("mcp-c", 3)]), "mcp-c").is_empty());
    }

    #[test]
    fn a_name_tells_when_it_was_made() {
        let name = name_at(Stamp(1_781_040_600_000_000)).unwrap();
        assert_eq!(name.as_str(), "mcp-20260609-213000");
    }
}
