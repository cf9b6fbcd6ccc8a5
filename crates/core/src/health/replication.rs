//! Replication that fails.

use super::facts::NodeFacts;
use super::rule::of_fact;
use super::section::Section;
use crate::checkup::{Finding, Level};
use crate::pve::Replication;

pub(super) fn findings(node: &NodeFacts) -> Vec<Finding> {
    of_fact(Section::Replication, "jobs", node.replication.as_ref(), |jobs| {
        let failing = jobs.iter().filter(|job| job.error.is_some() || job.fail_count.unwrap_or(0) > 0);
        let mut found: Vec<Finding> = failing.map(job).collect();
        if found.is_empty() && !jobs.is_empty() {
            found.push(new("jobs", Level::Ok, format!("{} jobs went well", jobs.len())));
        }
        found
    })
}

fn job(job: &Replication) -> Finding {
    let never = job.last_sync.unwrap_or(0) == 0;
    let times = job.fail_count.unwrap_or(1);
    let target = job.target.as_ref().map(|node| format!(" to {node}")).unwrap_or_default();
    let text =
        format!("{}{target} failed {times} times{}", job.id, if never { " and never went well" } else { "" });
    let level = if never { Level::Crit } else { Level::Warn };
    let found = new(&format!("job:{}", job.id), level, text)
        .with_remedy("look at the job's log in the guest's Replication");
    match &job.error {
        Some(error) => found.with_detail(error),
        None => found,
    }
}

fn new(check: &str, level: Level, text: impl Into<String>) -> Finding {
    Finding::new(Section::Replication.as_str(), check, level, text)
}
