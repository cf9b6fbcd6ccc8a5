//! The connections with the Proxmox clusters, as the operation `cluster_check` finds them.

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::fault::Fault;
use labkeeper_ops::keeper::Keeper;
use serde_json::{Value, json};

use super::check::Check;
use crate::local;

/// Each finding of each cluster; `connected` is how many there are in the configuration.
pub(super) async fn check(keeper: &Keeper, connected: usize) -> Vec<Finding> {
    if connected == 0 {
        let finding = Check::Clusters.ok("no Proxmox cluster is connected");
        return vec![finding.with_detail("`labkeeper setup` connects one")];
    }
    match local::call(keeper, "cluster_check", json!({})).await {
        Ok(answer) => findings(&answer.output),
        Err(fault) => vec![failed(&fault)],
    }
}

/// They could not be looked at, for the hub cannot be opened.
pub(super) fn without_hub() -> Finding {
    Check::Clusters
        .finds(Level::Unknown, "not looked at: the database does not open")
        .with_remedy("see to the database first")
}

fn findings(answer: &Value) -> Vec<Finding> {
    let clusters = answer["clusters"].as_array().into_iter().flatten();
    let all = clusters.flat_map(|cluster| cluster["findings"].as_array().into_iter().flatten());
    all.filter_map(|finding| serde_json::from_value(finding.clone()).ok()).collect()
}

fn failed(fault: &Fault) -> Finding {
    let finding = Check::Clusters.finds(Level::Unknown, format!("could not be looked at: {fault}"));
    finding.with_remedy(fault.hint.clone().unwrap_or_else(|| "labkeeper's own log says more with -v".into()))
}
