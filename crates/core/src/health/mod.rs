//! From what a cluster shows to how well it is: pure rules over facts, with thresholds that the owner may set.
//!
//! *Invariant:* what was not seen is never ok. A fact is absent when nobody asked for it, and [`Unseen`] when it was asked for
//! and there is no full answer; then the finding is [`Level::Unknown`].
//!
//! Source of the sections `node`, `storage`, `guests`, `units`, `updates` and of their thresholds: the predecessor's
//! `health_check`.

mod backups;
mod certificates;
mod cluster;
mod facts;
mod guests;
mod node;
mod replication;
mod rule;
mod section;
mod storage;
mod thresholds;
mod units;
mod updates;

pub use facts::{ClusterFacts, GuestFacts, NodeFacts, PlacedBackup, Seen, SeenBackups, Unseen};
pub use section::Section;
pub use thresholds::Thresholds;

use std::collections::BTreeSet;

use crate::checkup::Finding;

/// Everything found, worst first; sections that were not asked for are left out. `now` in seconds since 1970.
pub fn judge(
    clusters: &[ClusterFacts],
    sections: &BTreeSet<Section>,
    thresholds: &Thresholds,
    now: i64,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for cluster in clusters {
        if let Some(unseen) = &cluster.silent {
            // Whatever was asked for: nobody knows.
            let found = rule::unknown(Section::Cluster, "reachable", unseen);
            findings.push(found.in_cluster(cluster.name.as_str()));
            continue;
        }
        if let Some(unseen) = &cluster.cut {
            findings.push(rule::unknown(Section::Cluster, "list", unseen).in_cluster(cluster.name.as_str()));
        }
        for section in sections {
            let mut found = match section {
                Section::Cluster => cluster::findings(cluster),
                Section::Node => each_node(cluster, |node| node::findings(node, thresholds)),
                Section::Storage => storage::findings(cluster, thresholds),
                Section::Guests => guests::findings(cluster),
                Section::Units => each_node(cluster, |node| units::findings(node, thresholds)),
                Section::Updates => each_node(cluster, |node| updates::findings(node, thresholds)),
                Section::Backups => backups::findings(cluster, thresholds, now),
                Section::Certificates => {
                    each_node(cluster, |node| certificates::findings(node, thresholds, now))
                }
                Section::Replication => each_node(cluster, replication::findings),
            };
            found.iter_mut().for_each(|finding| finding.cluster = Some(cluster.name.to_string()));
            findings.extend(found);
        }
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.status));
    findings
}

/// Of every node. Of one that is away each fact that was asked for is unseen.
fn each_node(cluster: &ClusterFacts, rule: impl Fn(&NodeFacts) -> Vec<Finding>) -> Vec<Finding> {
    let of = |node: &NodeFacts| {
        let mut found = rule(node);
        found.iter_mut().for_each(|finding| finding.node = Some(node.name.to_string()));
        found
    };
    cluster.nodes.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests;
