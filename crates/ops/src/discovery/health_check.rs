//! `health_check`: which hosts answer, or how well the clusters are. Both predecessors had a tool of that name.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use labkeeper_core::checkup::{Finding, Level};

use labkeeper_core::discovery::Reachability;
use labkeeper_core::fault::Fault;
use labkeeper_core::health::{Section, judge};
use labkeeper_core::pve::ClusterName;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::known_ports::with_known_ports;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::proxmox::health::look;

/// Hosts in one call: eight rounds of those that are asked side by side.
const MOST: usize = 512;

/// With hosts: which of them answer, by ping or TCP. Without: how well the connected Proxmox clusters are (cluster, node, storage, guests,
/// units, updates, backups, certificates, replication); what could not be looked at is unknown, never ok.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// Addresses or host names, at most 512.
    #[serde(default, deserialize_with = "list_of_hosts")]
    #[schemars(with = "Option<Vec<String>>")]
    pub hosts: Option<Vec<String>>,
    /// Without hosts: only these sections.
    #[serde(default)]
    pub sections: Option<BTreeSet<Section>>,
    /// Without hosts: only this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// With hosts, `data` and `count`; without, the rest.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct HealthReport {
    /// What was found out, under each host as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<BTreeMap<String, Reachability>>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// The worst of all findings: never better than what could not be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Level>,
    /// The worst of what could be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Level>,
    /// When it was looked at, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
    /// Worst first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Finding>>,
    /// What it takes a higher tier to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<Vec<Beyond>>,
}

/// A part that this tier does not see.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Beyond {
    /// Of which section.
    pub section: Section,
    /// Which part of it.
    pub part: String,
    /// The lowest tier that sees it.
    pub unavailable_at_tier: Tier,
}

impl Operation for HealthCheck {
    type Output = HealthReport;
    const META: Meta = Meta::read("health_check", "Check health", Toolset::Discovery).open_world().routes(&[
        Route::post("/api/health-check"),
        Route::get("/api/health-check"),
        Route::get("/api/proxmox/health"),
    ]);

    async fn run(self, cx: &mut Cx) -> Result<HealthReport, Fault> {
        match self.hosts {
            Some(hosts) => reach(cx, hosts).await,
            None => health(cx, self.cluster.as_ref(), self.sections).await,
        }
    }
}

async fn reach(cx: &Cx, hosts: Vec<String>) -> Result<HealthReport, Fault> {
    if hosts.len() > MOST {
        let many = format!("hosts: {} are too many for one call", hosts.len());
        return Err(Fault::invalid("hosts", many).with_hint(format!("ask for at most {MOST} at a time")));
    }
    let contacts = with_known_ports(&mut cx.read().await?, hosts).await?;
    let scout = cx.house().scout();
    let answers = tokio::select! {
        answers = scout.reach(contacts) => answers,
        () = cx.cancelled.cancelled() => return Err(cx.stopped("nothing was found out")),
    };
    let data: BTreeMap<String, Reachability> =
        answers.into_iter().map(|answer| (answer.host.clone(), answer)).collect();
    Ok(HealthReport { count: Some(data.len()), data: Some(data), ..HealthReport::default() })
}

async fn health(
    cx: &Cx,
    cluster: Option<&ClusterName>,
    sections: Option<BTreeSet<Section>>,
) -> Result<HealthReport, Fault> {
    let clusters = cx.house().clusters().named(cluster)?;
    let sections = sections.unwrap_or_else(|| Section::ALL.into());
    let looks = join_all(clusters.iter().map(|cluster| look(cluster, &sections)));
    let facts = tokio::select! {
        facts = looks => facts,
        () = cx.cancelled.cancelled() => return Err(cx.stopped("nothing was found out")),
    };
    let findings = judge(&facts, &sections, &cx.house().settings().health, cx.now.0 / 1_000_000);
    let levels = || findings.iter().map(|finding| finding.status);
    let beyond = |section| Beyond {
        section,
        part: "units that are not Proxmox's own".into(),
        unavailable_at_tier: Tier::Companion,
    };
    Ok(HealthReport {
        status: Some(Level::worst(levels())),
        seen: Some(Level::worst(levels().filter(|level| *level != Level::Unknown))),
        ts: Some(cx.now.text()),
        unavailable: Some(sections.get(&Section::Units).copied().map(beyond).into_iter().collect()),
        findings: Some(findings),
        ..HealthReport::default()
    })
}

/// Blank and null entries are passed over, as the predecessor did; repeated ones are asked once.
fn list_of_hosts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "wants a list of host names and addresses")]
    enum Hosts {
        List(Vec<Option<String>>),
        Text(String),
    }
    let Some(given) = Option::<Hosts>::deserialize(deserializer)? else { return Ok(None) };
    let given = match given {
        Hosts::List(list) => list.into_iter().flatten().collect(),
        Hosts::Text(text) => text.split(',').map(str::to_owned).collect::<Vec<_>>(),
    };
    let mut hosts: Vec<String> = Vec::with_capacity(given.len());
    for host in given {
        let host = host.trim();
        if !host.is_empty() && !hosts.iter().any(|known| known == host) {
            hosts.push(host.to_owned());
        }
    }
    Ok(Some(hosts))
}
