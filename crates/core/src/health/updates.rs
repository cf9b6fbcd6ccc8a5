//! Pending updates, as of the node's own last look.

use super::facts::NodeFacts;
use super::rule::of_fact;
use super::section::Section;
use super::thresholds::Thresholds;
use crate::checkup::{Finding, Level};
use crate::pve::Update;

const CHECK: &str = "updates";

pub(super) fn findings(node: &NodeFacts, thresholds: &Thresholds) -> Vec<Finding> {
    of_fact(Section::Updates, CHECK, node.updates.as_ref(), |updates| vec![pending(updates, thresholds)])
}

fn pending(updates: &[Update], thresholds: &Thresholds) -> Finding {
    let level = if updates.len() > thresholds.updates { Level::Warn } else { Level::Ok };
    let text = match updates.len() {
        0 => "no update was pending when the node last looked".into(),
        1 => "1 update is pending".into(),
        many => format!("{many} updates are pending"),
    };
    let found = Finding::new(Section::Updates.as_str(), CHECK, level, text);
    if level == Level::Ok {
        found
    } else {
        found.with_remedy("update the node when its guests may be restarted")
    }
}
