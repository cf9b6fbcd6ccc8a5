//! Replication that fails.

use super::facts::NodeFacts;
use super::rule::of_fact;
use super::section::Section;
use crate::checkup::{Finding, Level};
use crate::pve::Replication;

pub(super) fn findings(node: &NodeFacts) -> Vec<Finding> {
    of_fact(Section::Replication, "jobs", node.replication.as_ref(), |jobs| {
        let failing = jobs.iter().filter(|job| has_failed(job));
        let mut found: Vec<Finding> = failing.map(job).collect();
        let idle = jobs.iter().filter(|job| !has_failed(job) && job.last_sync.unwrap_or(0) == 0);
        found.extend(idle.map(|job| {
            new(&format!("job:{}", job.id), Level::Unknown, format!("{} has not run yet", job.id))
                .with_remedy("wait for its schedule, or run it now in the guest's Replication")
        }));
        if found.is_empty() {
            let text =
                if jobs.is_empty() { "no jobs".into() } else { format!("{} jobs went well", jobs.len()) };
            found.push(new("jobs", Level::Ok, text));
        }
        found
    })
}

fn has_failed(job: &Replication) -> bool {
    job.error.is_some() || job.fail_count.unwrap_or(0) > 0
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
