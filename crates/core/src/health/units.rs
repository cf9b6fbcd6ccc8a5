//! Services that broke down. The API tells of Proxmox's own; all units of a node take a shell on it.

use super::facts::NodeFacts;
use super::rule::of_fact;
use super::section::Section;
use super::thresholds::Thresholds;
use crate::checkup::{Finding, Level};
use crate::pve::Service;

const CHECK: &str = "services";

pub(super) fn findings(node: &NodeFacts, thresholds: &Thresholds) -> Vec<Finding> {
    of_fact(Section::Units, CHECK, node.services.as_ref(), |services| failed(services, thresholds))
}

fn failed(services: &[Service], thresholds: &Thresholds) -> Vec<Finding> {
    let failed: Vec<&str> = services
        .iter()
        .filter(|service| service.has_failed())
        .map(|service| service.service.as_str())
        .collect();
    if failed.is_empty() {
        let text = format!("none of Proxmox's {} services has failed", services.len());
        return vec![Finding::new(Section::Units.as_str(), CHECK, Level::Ok, text)];
    }
    let plain = |name: &str| name.trim_end_matches(".service").to_owned();
    let is_critical = |name: &&str| thresholds.critical_units.iter().any(|unit| plain(unit) == plain(name));
    let level = if failed.iter().any(is_critical) { Level::Crit } else { Level::Warn };
    let text = format!("failed: {}", failed.join(", "));
    let remedy = format!("`journalctl -u {}` on the node says why", failed[0]);
    vec![Finding::new(Section::Units.as_str(), CHECK, level, text).with_remedy(remedy)]
}
