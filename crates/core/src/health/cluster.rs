//! Whether a cluster answers, can decide, and is all there.

use super::facts::ClusterFacts;
use super::rule::of_fact;
use super::section::Section;
use crate::checkup::{Finding, Level};
use crate::pve::ClusterStatus;

pub(super) fn findings(cluster: &ClusterFacts) -> Vec<Finding> {
    let mut found = of_fact(Section::Cluster, "quorum", cluster.members.as_ref(), quorum);
    found.extend(cluster.nodes.iter().filter(|node| !node.is_online).map(|node| {
        let text = format!("{} is not online; nothing on it could be looked at", node.name);
        new("nodes", Level::Crit, text)
            .with_remedy("start it, or look at its console")
            .on_node(node.name.as_str())
    }));
    if !cluster.nodes.is_empty() && cluster.nodes.iter().all(|node| node.is_online) {
        let many = cluster.nodes.len();
        let text =
            if many == 1 { "the node is online".into() } else { format!("all {many} nodes are online") };
        found.push(new("nodes", Level::Ok, text));
    }
    found
}

fn quorum(status: &ClusterStatus) -> Vec<Finding> {
    match status.quorate {
        None => Vec::new(),
        Some(true) => vec![new("quorum", Level::Ok, "enough nodes are there to decide")],
        Some(false) => vec![
            new(
                "quorum",
                Level::Crit,
                "too few nodes are there to decide: nothing can be started or changed",
            )
            .with_remedy("bring nodes back; `pvecm status` on a node says which are missing"),
        ],
    }
}

fn new(check: &str, level: Level, text: impl Into<String>) -> Finding {
    Finding::new(Section::Cluster.as_str(), check, level, text)
}
