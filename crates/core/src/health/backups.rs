//! Guests without a recent backup. What counts is the backup itself, which has its own time: a task that ended well is no
//! evidence of one.

use std::collections::BTreeMap;

use super::facts::{ClusterFacts, GuestFacts, PlacedBackup, Unseen};
use super::rule::{of_fact, unknown};
use super::section::Section;
use super::thresholds::Thresholds;
use crate::checkup::{Finding, Level};
use crate::pve::VmId;

const CHECK: &str = "recent-backups";
const DAY: i64 = 86_400;

pub(super) fn findings(cluster: &ClusterFacts, thresholds: &Thresholds, now: i64) -> Vec<Finding> {
    let Some(seen) = &cluster.backups else { return Vec::new() };
    let mut found = of_fact(Section::Backups, CHECK, cluster.guests.as_ref(), |guests| {
        let (old, many) = without_recent(guests, &newest(&seen.backups), thresholds, now);
        vec![recent(&old, many, thresholds, seen.unseen.first())]
    });
    found.extend(broken(&seen.backups));
    found
}

/// Guests without a recent backup, in words, and how many guests there are.
fn without_recent(
    guests: &[GuestFacts],
    newest: &BTreeMap<VmId, i64>,
    thresholds: &Thresholds,
    now: i64,
) -> (Vec<String>, usize) {
    let guests: Vec<&GuestFacts> = guests.iter().filter(|guest| !guest.is_template()).collect();
    let words = |guest: &&GuestFacts| match newest.get(&guest.row.vmid) {
        None => Some(format!("{}: none", guest.text())),
        Some(made) => {
            let days = (now - made).max(0) / DAY;
            (days >= i64::from(thresholds.backup_days)).then(|| format!("{}: {days} days old", guest.text()))
        }
    };
    (guests.iter().filter_map(words).collect(), guests.len())
}

/// When the newest backup of each guest was made; one whose check failed, or without a time, is none.
fn newest(backups: &[PlacedBackup]) -> BTreeMap<VmId, i64> {
    let mut newest = BTreeMap::new();
    let volumes = backups.iter().map(|placed| &placed.volume);
    for backup in volumes.filter(|backup| backup.verified != Some(false)) {
        let Some(made) = backup.made else { continue };
        let known = newest.entry(backup.vmid).or_insert(made);
        *known = made.max(*known);
    }
    newest
}

/// While there may be more backups than were seen, nobody knows of a guest that it has none.
fn recent(old: &[String], many: usize, thresholds: &Thresholds, unseen: Option<&Unseen>) -> Finding {
    let days = thresholds.backup_days;
    match (old.is_empty(), unseen) {
        // What was not seen could only add to that.
        (true, _) => {
            new(CHECK, Level::Ok, format!("each of {many} guests has a backup younger than {days} days"))
        }
        (false, Some(unseen)) => unknown(Section::Backups, CHECK, unseen).with_detail(old.join("\n")),
        (false, None) => {
            let text = format!("{} of {many} guests have no backup younger than {days} days", old.len());
            new(CHECK, Level::Warn, text)
                .with_detail(old.join("\n"))
                .with_remedy("add them to a backup job (Datacenter → Backup)")
        }
    }
}

fn broken(backups: &[PlacedBackup]) -> Option<Finding> {
    let broken: Vec<String> = backups
        .iter()
        .map(|placed| &placed.volume)
        .filter(|backup| backup.verified == Some(false))
        .map(|backup| backup.volid.to_string())
        .collect();
    let text = format!("{} backups did not pass their check", broken.len());
    (!broken.is_empty()).then(|| {
        new("verified", Level::Warn, text)
            .with_detail(broken.join("\n"))
            .with_remedy("look at the datastore of the backup server, and make new backups")
    })
}

fn new(check: &str, level: Level, text: String) -> Finding {
    Finding::new(Section::Backups.as_str(), check, level, text)
}
