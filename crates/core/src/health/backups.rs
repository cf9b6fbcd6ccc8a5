//! Guests without a recent backup. What counts is the backup itself, which has its own time: a task that ended well is no
//! evidence of one.

use std::collections::BTreeMap;

use super::facts::ClusterFacts;
use super::rule::{of_fact, unknown};
use super::section::Section;
use super::thresholds::Thresholds;
use crate::checkup::{Finding, Level};
use crate::pve::{BackupVolume, VmId};

const CHECK: &str = "recent-backups";
const DAY: i64 = 86_400;

pub(super) fn findings(cluster: &ClusterFacts, thresholds: &Thresholds, now: i64) -> Vec<Finding> {
    of_fact(Section::Backups, CHECK, cluster.backups.as_ref(), |backups| {
        let guests = match &cluster.guests {
            Some(Ok(guests)) => guests,
            Some(Err(unseen)) => return vec![unknown(Section::Backups, CHECK, unseen)],
            None => return Vec::new(),
        };
        let newest = newest(backups);
        let mut old = Vec::new();
        let mut many = 0;
        for guest in guests.iter().filter(|guest| !guest.is_template()) {
            many += 1;
            match newest.get(&guest.row.vmid) {
                None => old.push(format!("{}: none", guest.text())),
                Some(made) => {
                    let days = (now - made).max(0) / DAY;
                    if days >= i64::from(thresholds.backup_days) {
                        old.push(format!("{}: {days} days old", guest.text()));
                    }
                }
            }
        }
        let mut found = vec![recent(&old, many, thresholds)];
        found.extend(broken(backups));
        found
    })
}

/// When the newest backup of each guest was made; one whose check failed, or without a time, is none.
fn newest(backups: &[BackupVolume]) -> BTreeMap<VmId, i64> {
    let mut newest = BTreeMap::new();
    for backup in backups.iter().filter(|backup| backup.verified != Some(false)) {
        let Some(made) = backup.made else { continue };
        let known = newest.entry(backup.vmid).or_insert(made);
        *known = made.max(*known);
    }
    newest
}

fn recent(old: &[String], many: usize, thresholds: &Thresholds) -> Finding {
    let days = thresholds.backup_days;
    if old.is_empty() {
        return new(CHECK, Level::Ok, format!("each of {many} guests has a backup younger than {days} days"));
    }
    new(CHECK, Level::Warn, format!("{} of {many} guests have no backup younger than {days} days", old.len()))
        .with_detail(old.join("\n"))
        .with_remedy("add them to a backup job (Datacenter → Backup)")
}

fn broken(backups: &[BackupVolume]) -> Option<Finding> {
    let broken: Vec<String> = backups
        .iter()
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
