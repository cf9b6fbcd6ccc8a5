//! A census told as the predecessor told it: what a cluster is made of, section by section, with what could not be seen said,
//! and how two of them differ. Pure.
//!
//! Source of the shape: the predecessor's `describe_homelab`, schema version 1. Its `node` was one object; here every node of
//! every cluster is a row.

mod compare;
mod guests;
mod report;
mod rows;
mod secrets;
mod snapshots;

pub use compare::{FieldDrift, ListDrift, ReportDrift, compare};
pub use report::{
    Agent, BridgeRow, Depth, GuestEntry, InterfaceRow, NetworkEntry, NodeEntry, PoolState, ProbeError,
    Report, SCHEMA_VERSION, Section, Sections, StorageEntry, Truncation, Unavailable,
};
pub use secrets::without_secrets;
pub use snapshots::{Capability, capability};

use std::collections::BTreeSet;

use crate::checkup::Level;
use crate::reconcile::Census;

/// Most rows of a section that a report holds.
pub const MOST_ROWS: usize = 200;
/// Most bytes of a report; configurations are left out when it would be longer.
pub const MOST_BYTES: usize = 512 * 1024;

/// A cluster that was looked at, or one that could not be.
pub struct Looked<'a> {
    /// What it is called.
    pub cluster: &'a str,
    /// What it showed.
    pub census: Option<&'a Census>,
    /// What could not be asked, by section.
    pub errors: Vec<ProbeError>,
}

/// Tells the sections that were asked for, of every cluster.
pub fn describe(looked: &[Looked<'_>], asked: &BTreeSet<Section>, depth: Depth, ts: String) -> Report {
    let mut report = Report {
        schema_version: SCHEMA_VERSION,
        ts,
        host: looked.iter().map(|one| one.cluster).collect::<Vec<_>>().join(", "),
        depth,
        sections: Sections::default(),
        coverage: asked.iter().map(|section| (*section, Level::Ok)).collect(),
        errors: Vec::new(),
        redactions: 0,
        truncations: Vec::new(),
    };
    for one in looked {
        report.errors.extend(one.errors.iter().filter(|error| asked.contains(&error.section)).cloned());
    }
    for error in &report.errors {
        report.coverage.insert(error.section, Level::Unknown);
    }
    let seen: Vec<&Census> = looked.iter().filter_map(|one| one.census).collect();
    for section in asked {
        fill(&mut report, *section, &seen);
    }
    if report.length() > MOST_BYTES {
        let omitted = report.sections.drop_configs();
        report.truncations.push(Truncation {
            section: "_response".into(),
            reason: format!("longer than {MOST_BYTES} bytes: configurations are left out"),
            omitted,
        });
    }
    report
}

fn fill(report: &mut Report, section: Section, seen: &[&Census]) {
    let rows = |report: &mut Report, kind| {
        let mut all = Vec::new();
        for census in seen {
            all.extend(guests::entries(census, kind, report.depth, &mut report.redactions));
        }
        all
    };
    match section {
        Section::Node => {
            let all = seen.iter().flat_map(|census| rows::nodes(census)).collect();
            report.sections.node = Some(cut(report, section, all));
        }
        Section::Storage => {
            let all = seen.iter().flat_map(|census| rows::storages(census)).collect();
            report.sections.storage = Some(cut(report, section, all));
        }
        Section::Network => {
            let all = seen.iter().flat_map(|census| rows::networks(census)).collect();
            report.sections.network = Some(cut(report, section, all));
        }
        Section::Containers => {
            let all = rows(report, crate::pve::GuestKind::Lxc);
            report.sections.containers = Some(cut(report, section, all));
        }
        Section::Vms => {
            let all = rows(report, crate::pve::GuestKind::Qemu);
            report.sections.vms = Some(cut(report, section, all));
        }
        Section::Services | Section::Tailscale => {
            // Both take a shell on the node.
            let unavailable = Unavailable { unavailable_at_tier: crate::tier::Tier::Companion };
            report.coverage.insert(section, Level::Unknown);
            match section {
                Section::Services => report.sections.services = Some(unavailable),
                _ => report.sections.tailscale = Some(unavailable),
            }
        }
    }
}

fn cut<T>(report: &mut Report, section: Section, mut rows: Vec<T>) -> Vec<T> {
    if rows.len() > MOST_ROWS {
        report.truncations.push(Truncation {
            section: section.as_str().into(),
            reason: format!("more than {MOST_ROWS} rows"),
            omitted: rows.len() - MOST_ROWS,
        });
        rows.truncate(MOST_ROWS);
    }
    rows
}

#[cfg(test)]
mod tests;
