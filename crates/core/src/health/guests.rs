//! Guests that start with their node and do not run.

use super::facts::{ClusterFacts, GuestFacts};
use super::rule::of_fact;
use super::section::Section;
use crate::checkup::{Finding, Level};
use crate::pve::RunState;

const CHECK: &str = "onboot-guests";

pub(super) fn findings(cluster: &ClusterFacts) -> Vec<Finding> {
    of_fact(Section::Guests, CHECK, cluster.guests.as_ref(), |guests| onboot(guests))
}

fn onboot(guests: &[GuestFacts]) -> Vec<Finding> {
    let guests: Vec<&GuestFacts> = guests.iter().filter(|guest| !guest.is_template()).collect();
    let idle = guests.iter().filter(|guest| guest.row.status != RunState::Running);
    let (mut should_run, mut untold) = (Vec::new(), Vec::new());
    for guest in idle {
        match &guest.config {
            Some(Ok(config)) if guest.row.status == RunState::Unknown && config.onboot() => {
                untold.push(guest.text());
            }
            Some(Ok(config)) if config.onboot() => should_run.push(guest.text()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => untold.push(guest.text()),
        }
    }
    let mut found = Vec::new();
    if !should_run.is_empty() {
        found.push(
            new(Level::Warn, format!("start with their node and do not run: {}", should_run.join(", ")))
                .with_remedy("start them, or switch off `onboot` for what may stay off"),
        );
    }
    if !untold.is_empty() {
        found.push(
            new(Level::Unknown, format!("nobody knows whether they should run: {}", untold.join(", ")))
                .with_remedy("start their node, or let the token see them (VM.Audit on /vms)"),
        );
    }
    if found.is_empty() {
        let running = guests.iter().filter(|guest| guest.row.status == RunState::Running).count();
        found.push(new(
            Level::Ok,
            format!("{running} of {} guests run, among them all that should", guests.len()),
        ));
    }
    found
}

fn new(level: Level, text: String) -> Finding {
    Finding::new(Section::Guests.as_str(), CHECK, level, text)
}
