//! Rows of nodes, storages and networks.

use super::report::{BridgeRow, InterfaceRow, NetworkEntry, NodeEntry, PoolState, StorageEntry};
use crate::pve::{NetworkInterface, StorageStatus, ZfsPool};
use crate::reconcile::{Census, SeenNode};

pub(super) fn nodes(census: &Census) -> Vec<NodeEntry> {
    let mut entries: Vec<NodeEntry> = census.nodes.iter().map(|node| entry(census, node)).collect();
    entries.sort_by(|a, b| a.node.cmp(&b.node));
    entries
}

fn entry(census: &Census, node: &SeenNode) -> NodeEntry {
    let (row, status) = (&node.row, node.status.as_ref());
    NodeEntry {
        cluster: census.cluster.to_string(),
        node: row.node.to_string(),
        status: row.status.clone().unwrap_or_else(|| "unknown".into()),
        version: status.and_then(|status| status.pveversion.as_deref()).map(version),
        uptime: status.and_then(|status| status.uptime).or(row.uptime).filter(|up| *up > 0).map(uptime),
        cpu: status.and_then(|status| status.cpuinfo.cpus),
        mem_bytes: status.and_then(|status| status.memory.total).or(row.maxmem),
        mem_used_bytes: status.and_then(|status| status.memory.used).or(row.mem),
        load: status.map(|status| status.loadavg.clone()).unwrap_or_default(),
        zpool: node.pools.as_deref().map(pools),
    }
}

/// `pve-manager/9.1.8/a8e257e1` → `9.1.8`
fn version(full: &str) -> String {
    full.split('/').nth(1).unwrap_or(full).to_owned()
}

/// As `uptime -p` says it.
fn uptime(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60 % 60, seconds / 3600 % 24, seconds / 86_400);
    let parts = [(days / 7, "week"), (days % 7, "day"), (hours, "hour"), (minutes, "minute")];
    let said = parts.into_iter().filter(|(count, _)| *count > 0);
    let said: Vec<String> =
        said.map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" })).collect();
    if said.is_empty() { "up 0 minutes".into() } else { format!("up {}", said.join(", ")) }
}

fn pools(pools: &[ZfsPool]) -> PoolState {
    let ill: Vec<String> = pools.iter().filter_map(ZfsPool::trouble).collect();
    let detail = match (pools.is_empty(), ill.is_empty()) {
        (true, _) => "no pools".into(),
        (false, true) => "all pools are healthy".into(),
        (false, false) => ill.join(", "),
    };
    PoolState { healthy: ill.is_empty(), detail }
}

pub(super) fn storages(census: &Census) -> Vec<StorageEntry> {
    let of = |node: &SeenNode| -> Vec<StorageEntry> {
        let storages = node.storages.iter().flatten();
        storages.map(|storage| storage_entry(census, node, storage)).collect()
    };
    let mut entries: Vec<StorageEntry> = census.nodes.iter().flat_map(of).collect();
    entries.sort_by(|a, b| (&a.node, &a.name).cmp(&(&b.node, &b.name)));
    entries
}

fn storage_entry(census: &Census, node: &SeenNode, storage: &StorageStatus) -> StorageEntry {
    StorageEntry {
        cluster: census.cluster.to_string(),
        node: node.row.node.to_string(),
        name: storage.storage.to_string(),
        kind: storage.kind.clone(),
        active: storage.active,
        shared: storage.shared == Some(true),
        total_bytes: storage.total,
        used_bytes: storage.used,
        avail_bytes: storage.avail,
    }
}

pub(super) fn networks(census: &Census) -> Vec<NetworkEntry> {
    let of = |node: &SeenNode| {
        let interfaces = node.network.as_ref()?;
        let mut interfaces: Vec<&NetworkInterface> = interfaces.iter().collect();
        interfaces.sort_by(|a, b| a.iface.cmp(&b.iface));
        Some(NetworkEntry {
            cluster: census.cluster.to_string(),
            node: node.row.node.to_string(),
            ifaces: interfaces.iter().map(|one| interface(one)).collect(),
            bridges: interfaces.iter().filter(|one| is_bridge(one)).map(|one| bridge(one)).collect(),
        })
    };
    let mut entries: Vec<NetworkEntry> = census.nodes.iter().filter_map(of).collect();
    entries.sort_by(|a, b| a.node.cmp(&b.node));
    entries
}

fn interface(one: &NetworkInterface) -> InterfaceRow {
    let state = match one.active {
        Some(true) => "UP",
        // Proxmox leaves the flag out of what is not up; what has no hardware behind it is not there.
        None | Some(false) if one.exists == Some(true) => "DOWN",
        _ => "UNKNOWN",
    };
    InterfaceRow { iface: one.iface.clone(), state: state.into(), addrs: addresses(one) }
}

fn is_bridge(one: &NetworkInterface) -> bool {
    matches!(one.kind.as_deref(), Some("bridge" | "OVSBridge"))
}

fn bridge(one: &NetworkInterface) -> BridgeRow {
    let ports = one.bridge_ports.clone();
    BridgeRow { name: one.iface.clone(), ports, address: addresses(one).into_iter().next() }
}

fn addresses(one: &NetworkInterface) -> Vec<String> {
    one.cidr.iter().chain(&one.cidr6).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_uptime_says_them() {
        assert_eq!(uptime(13 * 86_400 + 23 * 3600 + 42 * 60), "up 1 week, 6 days, 23 hours, 42 minutes");
        assert_eq!(uptime(3_661), "up 1 hour, 1 minute");
        assert_eq!(uptime(59), "up 0 minutes");
    }

    #[test]
    fn one_ill_pool_makes_a_node_ill() {
        let pool = |name: &str, health: Option<&str>| ZfsPool {
            name: name.into(),
            health: health.map(Into::into),
            size: None,
            alloc: None,
            free: None,
            frag: None,
            dedup: None,
        };
        assert_eq!(pools(&[]).detail, "no pools");
        assert!(pools(&[pool("rpool", Some("ONLINE"))]).healthy);
        let ill = pools(&[pool("rpool", Some("ONLINE")), pool("tank", Some("DEGRADED")), pool("odd", None)]);
        assert!(!ill.healthy);
        assert_eq!(ill.detail, "tank is DEGRADED, odd is in an unknown state");
    }
}
