//! `describe_homelab`: the census, told.

use std::collections::BTreeSet;

use futures::future::join_all;
use labkeeper_core::describe::{Depth, Looked, ProbeError, Report, ReportDrift, Section, compare, describe};
use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, PveError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::census::{GuestLook, Look, Taken, take};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Censuses that are kept of the same clusters, of each depth.
const KEPT: u32 = 30;
/// From how many per cent of its size on the use of a storage counts as changed.
const STORAGE_PERCENT: u8 = 10;

/// Describe the connected Proxmox clusters: nodes, storages, networks, guests. What could not be seen is said in coverage and errors.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DescribeHomelab {
    /// Only these sections; all of them when absent.
    #[serde(default)]
    pub sections: Option<BTreeSet<Section>>,
    /// How much of each guest.
    #[serde(default)]
    pub depth: Depth,
    /// Keep it, so that a later one can be compared with it; never one that misses something.
    #[serde(default = "yes")]
    pub save_snapshot: bool,
    /// Say what is different from the newest that was kept.
    #[serde(default)]
    pub compare_to_previous: bool,
    /// Only this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

fn yes() -> bool {
    true
}

/// The report, and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Described {
    /// What was found.
    #[serde(flatten)]
    pub report: Report,
    /// Number under which it was kept, or that of the last one, when nothing has changed since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<i64>,
    /// What is different from the one kept last; absent when there was none, or it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<ReportDrift>,
}

impl Operation for DescribeHomelab {
    type Output = Described;
    const META: Meta = Meta::read("describe_homelab", "Describe the homelab", Toolset::Proxmox)
        .open_world()
        .routes(&[Route::get("/api/proxmox/census")]);

    async fn run(self, cx: &mut Cx) -> Result<Described, Fault> {
        let clusters = cx.house().clusters().named(self.cluster.as_ref())?;
        let names = cx.house().clusters().names(self.cluster.as_ref())?;
        let sections = self.sections.clone().unwrap_or_else(|| Section::ALL.into());
        let look = self.look(&sections);
        let taken = join_all(clusters.iter().map(|cluster| take(cluster, look))).await;
        if taken.iter().all(Result::is_err) {
            // Nothing at all was seen: then that is the answer.
            return Err(taken.into_iter().find_map(Result::err).map_or_else(nothing, Into::into));
        }
        let looked: Vec<Looked<'_>> =
            names.iter().zip(&taken).map(|(name, taken)| looked(name, taken, &sections)).collect();
        let report = describe(&looked, &sections, self.depth, cx.now.text());
        let clusters = names.join(",");
        let drift = if self.compare_to_previous { drift(cx, &clusters, &report).await? } else { None };
        let may_keep = self.save_snapshot && cx.actor.grant.write;
        let snapshot = if may_keep { keep(cx, &clusters, &report).await? } else { None };
        Ok(Described { report, snapshot, drift })
    }
}

fn nothing() -> Fault {
    Fault::internal(&"no cluster was asked")
}

impl DescribeHomelab {
    /// What has to be asked for it.
    fn look(&self, sections: &BTreeSet<Section>) -> Look {
        let asks = |section| sections.contains(&section);
        let of_guests = asks(Section::Containers) || asks(Section::Vms);
        Look {
            nodes: asks(Section::Node),
            networks: asks(Section::Network),
            storages: asks(Section::Storage),
            pools: asks(Section::Node),
            guests: match self.depth {
                Depth::Status | Depth::Full if of_guests => GuestLook::Configured,
                _ => GuestLook::Listed,
            },
        }
    }
}

/// A cluster that does not answer leaves every section incomplete.
fn looked<'a>(name: &'a str, taken: &'a Result<Taken, PveError>, sections: &BTreeSet<Section>) -> Looked<'a> {
    let error = |section: &Section, error: &PveError| ProbeError {
        section: *section,
        cluster: name.to_owned(),
        probe: "the cluster".into(),
        error: error.to_string(),
        remedy: error.remedy(),
    };
    match taken {
        Ok(taken) => Looked { cluster: name, census: Some(&taken.census), errors: taken.errors.clone() },
        Err(why) => Looked {
            cluster: name,
            census: None,
            errors: sections.iter().map(|section| error(section, why)).collect(),
        },
    }
}

async fn drift(cx: &Cx, clusters: &str, report: &Report) -> Result<Option<ReportDrift>, Fault> {
    // One that asked less of each guest would look like no change of what it did not ask.
    let depths = Depth::ALL.into_iter().filter(|depth| *depth >= report.depth).map(Depth::as_str);
    let depths: Vec<&str> = depths.collect();
    let Some(kept) = cx.read().await?.newest_census(clusters, &depths).await? else { return Ok(None) };
    let before: Report = serde_json::from_str(&kept.report).map_err(|error| Fault::internal(&error))?;
    Ok(Some(compare(&before, report, STORAGE_PERCENT)))
}

/// Keeps a whole report. It is no change of the inventory, so the journal does not hear of it.
async fn keep(cx: &Cx, clusters: &str, report: &Report) -> Result<Option<i64>, Fault> {
    if !report.is_whole() {
        return Ok(None);
    }
    // Where nothing changed the one before says the same, and whoever asks every minute pushes no history out.
    if let Some(kept) = cx.read().await?.newest_census(clusters, &[report.depth.as_str()]).await?
        && let Ok(before) = serde_json::from_str::<Report>(&kept.report)
        && compare(&before, report, STORAGE_PERCENT).is_empty()
    {
        return Ok(Some(kept.id));
    }
    let text = serde_json::to_string(report).map_err(|error| Fault::internal(&error))?;
    let mut tx = cx.house().store().write().await?;
    let id = tx.keep_census(clusters, cx.now, report.depth.as_str(), &text, KEPT).await?;
    tx.commit().await?;
    Ok(Some(id))
}
