//! Rows of guests.

use super::report::{Agent, Depth, GuestEntry};
use super::secrets::without_secrets;
use super::snapshots::capability;
use crate::pve::{GuestConfig, GuestKind, RunState};
use crate::reconcile::{Census, SeenGuest};

/// The guests of one kind, by number; counts what was left out of their configurations.
pub(super) fn entries(
    census: &Census,
    kind: GuestKind,
    depth: Depth,
    redactions: &mut usize,
) -> Vec<GuestEntry> {
    let of_kind = census.guests.iter().filter(|guest| guest.row.kind == kind);
    let mut entries: Vec<GuestEntry> = of_kind.map(|guest| entry(census, guest, depth, redactions)).collect();
    entries.sort_by_key(|entry| entry.vmid);
    entries
}

fn entry(census: &Census, guest: &SeenGuest, depth: Depth, redactions: &mut usize) -> GuestEntry {
    let row = &guest.row;
    let mut entry = GuestEntry {
        cluster: census.cluster.to_string(),
        node: row.node.to_string(),
        vmid: row.vmid.get(),
        name: row.name.clone().unwrap_or_default(),
        status: row.status.as_str().into(),
        lock: row.lock.clone(),
        snapshot_capable: None,
        snapshot_reason: None,
        agent: None,
        config: None,
    };
    let Some(config) = guest.config.as_ref().filter(|_| depth > Depth::Summary) else { return entry };
    (entry.snapshot_capable, entry.snapshot_reason) =
        capability(row.kind, config, &storages(census, guest)).in_short();
    entry.agent = (row.kind == GuestKind::Qemu).then(|| agent(guest, config));
    if depth == Depth::Full {
        let (config, left_out) = without_secrets(config);
        *redactions += left_out;
        entry.config = Some(config);
    }
    entry
}

fn agent(guest: &SeenGuest, config: &GuestConfig) -> Agent {
    let running = guest.agent.filter(|_| guest.row.status == RunState::Running);
    Agent { enabled: config.expects_agent(), running }
}

/// The types of the storages of the guest's node.
fn storages(census: &Census, guest: &SeenGuest) -> Vec<(String, String)> {
    let of_node = census.storages.iter().filter(|row| row.node == guest.row.node);
    of_node.filter_map(|row| Some((row.storage.to_string(), row.plugintype.clone()?))).collect()
}
