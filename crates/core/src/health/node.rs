//! Load, memory and ZFS of a node.

use super::facts::NodeFacts;
use super::rule::{at_least, of_fact};
use super::section::Section;
use super::thresholds::Thresholds;
use crate::checkup::{Finding, Level};
use crate::pve::{NodeStatus, ZfsPool};

pub(super) fn findings(node: &NodeFacts, thresholds: &Thresholds) -> Vec<Finding> {
    let mut found = of_fact(Section::Node, "load", node.status.as_ref(), |status| {
        vec![load(status, thresholds), memory(status, thresholds)]
    });
    found.extend(of_fact(Section::Node, "zfs", node.pools.as_ref(), |pools| vec![zfs(pools)]));
    found
}

fn load(status: &NodeStatus, thresholds: &Thresholds) -> Finding {
    let (Some(load), Some(cpus)) = (status.loadavg.first(), status.cpuinfo.cpus.filter(|cpus| *cpus > 0))
    else {
        return untold("load");
    };
    let ratio = load / cpus as f64;
    let level = at_least(ratio, thresholds.load.0, thresholds.load.1);
    let found = new("load", level, format!("load {load:.2} on {cpus} CPUs"));
    if level == Level::Ok {
        found
    } else {
        found.with_remedy("look which guest is busy, and whether disks are waited for")
    }
}

fn memory(status: &NodeStatus, thresholds: &Thresholds) -> Finding {
    let (Some(used), Some(total)) = (status.memory.used, status.memory.total.filter(|total| *total > 0))
    else {
        return untold("memory");
    };
    let percent = used as f64 / total as f64 * 100.0;
    let level = at_least(percent, thresholds.memory.0, thresholds.memory.1);
    let found = new("memory", level, format!("{percent:.0} % of memory is used"));
    if level == Level::Ok {
        found
    } else {
        found.with_remedy("give guests less memory, or move one to another node")
    }
}

fn zfs(pools: &[ZfsPool]) -> Finding {
    let ill: Vec<String> = pools.iter().filter_map(ZfsPool::trouble).collect();
    match (pools.is_empty(), ill.is_empty()) {
        (true, _) => new("zfs", Level::Ok, "no pools"),
        (false, true) => new("zfs", Level::Ok, "all pools are online"),
        (false, false) => new("zfs", Level::Crit, ill.join(", "))
            .with_remedy("`zpool status -x` on the node says which device; replace it"),
    }
}

fn untold(check: &str) -> Finding {
    new(check, Level::Unknown, "the node does not say")
        .with_remedy("look at the node's summary in its web interface")
}

fn new(check: &str, level: Level, text: impl Into<String>) -> Finding {
    Finding::new(Section::Node.as_str(), check, level, text)
}
