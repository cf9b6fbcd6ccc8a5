//! How full the root file systems and the storages are.

use std::collections::BTreeSet;

use super::facts::ClusterFacts;
use super::rule::{at_least, of_fact};
use super::section::Section;
use super::thresholds::Thresholds;
use crate::checkup::{Finding, Level};
use crate::pve::{NodeStatus, StorageStatus};

pub(super) fn findings(cluster: &ClusterFacts, thresholds: &Thresholds) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut shared = BTreeSet::new();
    for node in &cluster.nodes {
        let mut of_node =
            of_fact(Section::Storage, "fs:/", node.status.as_ref(), |status| vec![root(status, thresholds)]);
        of_node.extend(of_fact(Section::Storage, "store", node.storages.as_ref(), |storages| {
            let enabled = storages.iter().filter(|storage| storage.enabled != Some(false));
            // A shared one that is reached is the same everywhere, and said once.
            let mut is_new = |storage: &&StorageStatus| {
                !(storage.shared == Some(true) && storage.active == Some(true))
                    || shared.insert(storage.storage.to_string())
            };
            enabled.filter(|storage| is_new(storage)).map(|storage| store(storage, thresholds)).collect()
        }));
        of_node.iter_mut().for_each(|finding| finding.node = Some(node.name.to_string()));
        found.extend(of_node);
    }
    found
}

fn root(status: &NodeStatus, thresholds: &Thresholds) -> Finding {
    let full = status.rootfs.used.zip(status.rootfs.total);
    space("fs:/", "the root file system", full, thresholds)
}

fn store(storage: &StorageStatus, thresholds: &Thresholds) -> Finding {
    let check = format!("store:{}", storage.storage);
    if storage.active != Some(true) {
        return new(&check, Level::Warn, format!("{} cannot be reached", storage.storage))
            .with_remedy("check what it lies on, its network and its server");
    }
    space(&check, storage.storage.as_str(), storage.used.zip(storage.total), thresholds)
}

fn space(check: &str, what: &str, full: Option<(u64, u64)>, thresholds: &Thresholds) -> Finding {
    let Some((used, total)) = full.filter(|(_, total)| *total > 0) else {
        return new(check, Level::Unknown, format!("{what} does not say how full it is"))
            .with_remedy("look at it in the node's web interface");
    };
    let percent = used as f64 / total as f64 * 100.0;
    let level = at_least(percent, thresholds.space.0, thresholds.space.1);
    let found = new(check, level, format!("{what} is {percent:.0} % full"));
    if level == Level::Ok {
        found
    } else {
        found.with_remedy("remove old backups, images and snapshots, or give it more space")
    }
}

fn new(check: &str, level: Level, text: impl Into<String>) -> Finding {
    Finding::new(Section::Storage.as_str(), check, level, text)
}
