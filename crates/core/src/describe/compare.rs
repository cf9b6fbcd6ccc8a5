//! How two reports differ. Only what both of them saw is compared, so that a probe that failed looks like no change.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::report::{GuestEntry, NetworkEntry, NodeEntry, Report, Section, StorageEntry};
use crate::checkup::Level;

/// What is different now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportDrift {
    /// When the older one was taken.
    pub since: String,
    /// The older one has another shape and was not compared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub schema_mismatch: bool,
    /// Sections that both saw, with their differences; a section without any is here with empty lists.
    pub sections: BTreeMap<Section, ListDrift>,
}

impl ReportDrift {
    /// Whether anything is different.
    pub fn is_empty(&self) -> bool {
        !self.schema_mismatch && self.sections.values().all(|list| *list == ListDrift::default())
    }
}

/// Differences between two lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ListDrift {
    /// There now and not before.
    pub added: Vec<String>,
    /// There before and not now.
    pub removed: Vec<String>,
    /// There both times, and different.
    pub changed: Vec<FieldDrift>,
}

/// One value that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldDrift {
    /// Of what: `home/101 dns`.
    pub what: String,
    /// Which.
    pub field: String,
    /// Before.
    pub from: String,
    /// Now.
    pub to: String,
}

/// Compares a report with an older one. A storage's use counts as different from that many per cent of its size on.
pub fn compare(before: &Report, now: &Report, storage_percent: u8) -> ReportDrift {
    let mut drift = ReportDrift { since: before.ts.clone(), ..ReportDrift::default() };
    if before.schema_version != now.schema_version {
        drift.schema_mismatch = true;
        return drift;
    }
    let seen = |report: &Report, section| report.coverage.get(&section) == Some(&Level::Ok);
    for section in Section::ALL {
        if !(seen(before, section) && seen(now, section)) {
            continue;
        }
        let (old, new) = (things(before, section), things(now, section));
        let mut list = difference(&old, &new, storage_percent);
        // What was cut off a list is not gone, and what the older one cut off is not new.
        let cut = |report: &Report| report.truncations.iter().any(|one| one.section == section.as_str());
        if cut(now) {
            list.removed.clear();
        }
        if cut(before) {
            list.added.clear();
        }
        drift.sections.insert(section, list);
    }
    drift
}

/// A thing of a section: how it is called, and its fields as text.
struct Thing {
    shown: String,
    fields: BTreeMap<String, String>,
    /// The whole of its configuration, so that what is absent is absent; `None` when nobody asked.
    config: Option<BTreeMap<String, String>>,
    /// Bytes used and in all, where small changes are none.
    usage: Option<(u64, u64)>,
}

impl Thing {
    fn new(shown: String) -> Self {
        Self { shown, fields: BTreeMap::new(), config: None, usage: None }
    }

    /// A field that is not known is not compared.
    fn with(mut self, field: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.fields.insert(field.into(), value.to_string());
        }
        self
    }
}

type Things = BTreeMap<String, Thing>;

fn things(report: &Report, section: Section) -> Things {
    let sections = &report.sections;
    match section {
        Section::Node => sections.node.iter().flatten().map(node).collect(),
        Section::Storage => sections.storage.iter().flatten().map(storage).collect(),
        Section::Network => sections.network.iter().flatten().flat_map(interfaces).collect(),
        Section::Containers => sections.containers.iter().flatten().map(guest).collect(),
        Section::Vms => sections.vms.iter().flatten().map(guest).collect(),
        Section::Services | Section::Tailscale => Things::new(),
    }
}

fn node(entry: &NodeEntry) -> (String, Thing) {
    let key = format!("{}/{}", entry.cluster, entry.node);
    let thing = Thing::new(key.clone());
    let pools = entry.zpool.as_ref().map(|pools| &pools.detail);
    let thing = thing.with("status", Some(&entry.status)).with("version", entry.version.as_ref());
    (key, thing.with("zpool", pools))
}

fn storage(entry: &StorageEntry) -> (String, Thing) {
    let key = format!("{}/{}/{}", entry.cluster, entry.node, entry.name);
    let mut thing = Thing::new(key.clone()).with("active", entry.active).with("type", entry.kind.as_ref());
    thing.usage = entry.used_bytes.zip(entry.total_bytes);
    (key, thing)
}

fn interfaces(entry: &NetworkEntry) -> Vec<(String, Thing)> {
    let ports = |name: &str| {
        entry.bridges.iter().find(|bridge| bridge.name == name).map(|bridge| bridge.ports.join(", "))
    };
    let thing = |iface: &super::report::InterfaceRow| {
        let key = format!("{}/{}/{}", entry.cluster, entry.node, iface.iface);
        let thing = Thing::new(key.clone())
            .with("state", Some(&iface.state))
            .with("addrs", Some(iface.addrs.join(", ")))
            .with("ports", ports(&iface.iface));
        (key, thing)
    };
    entry.ifaces.iter().map(thing).collect()
}

/// Keys of a configuration that change by themselves.
const VOLATILE: &[&str] = &["digest", "lock"];

fn guest(entry: &GuestEntry) -> (String, Thing) {
    let key = format!("{}/{}", entry.cluster, entry.vmid);
    let mut thing = Thing::new(format!("{key} {}", entry.name))
        .with("name", Some(&entry.name))
        .with("node", Some(&entry.node))
        .with("status", Some(&entry.status))
        .with("snapshotCapable", entry.snapshot_capable);
    thing.config = entry.config.clone().map(|mut config| {
        config.retain(|key, _| !VOLATILE.contains(&key.as_str()));
        config
    });
    (key, thing)
}

fn difference(old: &Things, new: &Things, storage_percent: u8) -> ListDrift {
    let missing = |from: &Things, than: &Things| -> Vec<String> {
        than.iter()
            .filter(|(key, _)| !from.contains_key(*key))
            .map(|(_, thing)| thing.shown.clone())
            .collect()
    };
    let mut list = ListDrift { added: missing(old, new), removed: missing(new, old), changed: Vec::new() };
    for (key, now) in new {
        let Some(before) = old.get(key) else { continue };
        for (field, to) in &now.fields {
            let Some(from) = before.fields.get(field).filter(|from| *from != to) else { continue };
            let (what, field, from, to) = (now.shown.clone(), field.clone(), from.clone(), to.clone());
            list.changed.push(FieldDrift { what, field, from, to });
        }
        list.changed.extend(configured(before, now));
        if let Some((from, to)) = usage(before, now, storage_percent) {
            list.changed.push(FieldDrift { what: now.shown.clone(), field: "used".into(), from, to });
        }
    }
    list
}

/// What is different in the configuration, where both reports have it.
fn configured(before: &Thing, now: &Thing) -> Vec<FieldDrift> {
    let (Some(old), Some(new)) = (&before.config, &now.config) else { return Vec::new() };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let shown = |config: &BTreeMap<String, String>, key: &str| {
        config.get(key).cloned().unwrap_or_else(|| ABSENT.into())
    };
    let change = |key: &String| FieldDrift {
        what: now.shown.clone(),
        field: format!("config.{key}"),
        from: shown(old, key),
        to: shown(new, key),
    };
    keys.into_iter().filter(|key| old.get(*key) != new.get(*key)).map(change).collect()
}

/// Stands for a key that is not there.
const ABSENT: &str = "(absent)";

/// Both in per cent, when they differ by enough.
fn usage(before: &Thing, now: &Thing, least: u8) -> Option<(String, String)> {
    let percent = |thing: &Thing| {
        let (used, total) = thing.usage.filter(|(_, total)| *total > 0)?;
        Some(used as f64 / total as f64 * 100.0)
    };
    let (from, to) = (percent(before)?, percent(now)?);
    ((from - to).abs() >= f64::from(least)).then(|| (format!("{from:.0} %"), format!("{to:.0} %")))
}
