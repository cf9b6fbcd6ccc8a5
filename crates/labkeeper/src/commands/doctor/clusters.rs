//! The connections with the Proxmox clusters, as the operation `cluster_check` finds them.

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::fault::Fault;
use labkeeper_ops::keeper::Keeper;
use serde::Deserialize;
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
        Ok(answer) => findings(&answer.output).unwrap_or_else(|reason| vec![misread(&reason)]),
        Err(fault) => vec![failed(&fault)],
    }
}

/// They could not be looked at, for there is no hub to do it with.
pub(super) fn without_hub(reason: &str) -> Finding {
    Check::Clusters.finds(Level::Unknown, format!("not looked at: {reason}")).with_remedy("see to that first")
}

/// As much of the operation's answer as is of interest here.
#[derive(Deserialize)]
struct Connections {
    clusters: Vec<Connection>,
}

#[derive(Deserialize)]
struct Connection {
    name: String,
    findings: Vec<Finding>,
}

/// All of them or why not: one that is dropped would make the whole look better than it is.
fn findings(answer: &Value) -> Result<Vec<Finding>, String> {
    let answer = Connections::deserialize(answer).map_err(|error| error.to_string())?;
    if answer.clusters.is_empty() {
        return Err("it names no cluster".into());
    }
    if let Some(silent) = answer.clusters.iter().find(|cluster| cluster.findings.is_empty()) {
        return Err(format!("it says nothing about {}", silent.name));
    }
    Ok(answer.clusters.into_iter().flat_map(|cluster| cluster.findings).collect())
}

fn misread(reason: &str) -> Finding {
    Check::Clusters
        .finds(Level::Unknown, format!("the answer of cluster_check is not understood: {reason}"))
        .with_remedy(
            "this is a fault of labkeeper: please report it with what `labkeeper call cluster_check` prints",
        )
}

fn failed(fault: &Fault) -> Finding {
    let finding = Check::Clusters.finds(Level::Unknown, format!("could not be looked at: {fault}"));
    finding.with_remedy(fault.hint.clone().unwrap_or_else(|| "labkeeper's own log says more with -v".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_which_a_part_is_not_understood_is_not_a_good_one() {
        let good = json!({"section": "proxmox", "check": "token", "status": "ok", "finding": "accepted"});
        let answer =
            |findings: Value| json!({"status": "ok", "clusters": [{"name": "home", "findings": findings}]});
        assert_eq!(findings(&answer(json!([good]))).unwrap().len(), 1);
        let mut strange = good.clone();
        strange["status"] = "splendid".into();
        assert!(findings(&answer(json!([good, strange]))).unwrap_err().contains("splendid"));
        assert!(findings(&answer(json!([]))).unwrap_err().contains("home"));
        for empty in [json!({}), json!({"clusters": []})] {
            assert!(findings(&empty).is_err(), "{empty}");
        }
    }
}
