//! Nodes are hardware.

use super::census::{Census, SeenNode};
use super::sight::{Key, Sight, gib};
use crate::inventory::Kind;

pub(super) fn sights(census: &Census) -> Vec<Sight> {
    census.nodes.iter().map(|node| sight(census, node)).collect()
}

fn sight(census: &Census, node: &SeenNode) -> Sight {
    let name = node.row.node.as_str();
    let status = node.status.as_ref();
    let cpu = status.and_then(|status| status.cpuinfo.model.clone());
    let cores = status.and_then(|status| status.cpuinfo.cpus).or(node.row.maxcpu.map(|count| count as u64));
    let memory = status.and_then(|status| status.memory.total).or(node.row.maxmem);
    let os = census.version.as_ref().map(|version| format!("Proxmox VE {}", version.version));
    Sight::new(Key::node(&census.cluster, &node.row.node), Kind::Hardware, name)
        .with("hostname", Some(name))
        .with("ip_address", node.address.clone())
        .with("os", os.filter(|_| node.row.is_online()))
        .with("cpu", cpu)
        .with("cpu_cores", cores)
        .with("ram_gb", memory.map(gib))
}
