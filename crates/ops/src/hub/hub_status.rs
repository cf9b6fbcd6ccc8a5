//! `hub_status`: what the hub holds and what is degraded.

use std::collections::BTreeMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::search::status::{SearchStatus, status};

/// Read what the hub holds: items by kind, open drift, the last change, the version.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HubStatus {}

/// The hub at a glance.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HubSummary {
    /// Version of labkeeper.
    pub version: String,
    /// A throw-away hub with invented data.
    pub demo: bool,
    /// Items of each kind.
    pub items: BTreeMap<&'static str, i64>,
    /// Number of the newest event; changes with every write.
    pub version_of_data: i64,
    /// Names of the Proxmox clusters that are connected.
    pub clusters: Vec<String>,
    /// A history of configurations is kept.
    pub history: bool,
    /// Why it could not be pushed to its other place; absent when it could, or need not be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history_push_problem: Option<String>,
    /// How search stands.
    pub search: SearchStatus,
}

impl Operation for HubStatus {
    type Output = HubSummary;
    const META: Meta =
        Meta::read("hub_status", "What the hub holds", Toolset::Hub).routes(&[Route::get("/api/status")]);

    async fn run(self, cx: &mut Cx) -> Result<HubSummary, Fault> {
        let mut view = cx.snapshot().await?;
        let counts = view.counts().await?;
        let items = Kind::ALL
            .into_iter()
            .map(|kind| {
                (kind.key(), counts.iter().find(|(of, _)| *of == kind).map_or(0, |(_, count)| *count))
            })
            .collect();
        let settings = cx.house().settings();
        Ok(HubSummary {
            version: settings.version.clone(),
            demo: settings.demo,
            items,
            version_of_data: view.last_event().await?,
            // Without any, the names are refused rather than empty.
            clusters: cx.house().clusters().names(None).unwrap_or_default(),
            history: cx.house().history().is_some(),
            history_push_problem: cx.house().history().and_then(|history| history.push_problem()),
            search: status(cx.house()),
        })
    }
}
