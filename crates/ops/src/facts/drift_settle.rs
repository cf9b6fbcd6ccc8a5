//! `drift_settle`: accept what is seen, keep what was said, or pin it for good.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::admit::OnUnknown;
use labkeeper_core::inventory::provenance::DriftState;
use labkeeper_store::View;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::{Drift, drift_among};
use crate::cx::Cx;
use crate::inventory::write;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Settle a difference between the inventory and what a source sees.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriftSettle {
    /// Which difference.
    pub id: i64,
    /// What to do.
    pub action: Action,
}

/// What to do about a difference.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Assert what the source sees.
    Accept,
    /// Keep what was said; ask again when the source sees something else.
    Keep,
    /// Keep what was said for good.
    Pin,
    /// Ask again now.
    Reopen,
}

/// The difference as it was settled.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Settled {
    /// The difference before settling.
    pub data: Drift,
    /// What was done.
    pub message: &'static str,
}

impl Operation for DriftSettle {
    type Output = Settled;
    const META: Meta = Meta::write("drift_settle", "Settle drift", Toolset::Safety)
        .idempotent()
        .routes(&[Route::post("/api/drift/{id}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let drift = find(&mut view, self.id).await?;
        let verb = match self.action {
            Action::Accept => format!("set {} of {} to {}", drift.field, drift.item.name, drift.observed),
            Action::Keep => format!("keep {} of {} as it is", drift.field, drift.item.name),
            Action::Pin => format!("pin {} of {}", drift.field, drift.item.name),
            Action::Reopen => format!("ask again about {} of {}", drift.field, drift.item.name),
        };
        Ok(Plan::allow(verb))
    }

    async fn run(self, cx: &mut Cx) -> Result<Settled, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let drift = find(tx, self.id).await?;
        let observation = tx.observation(self.id).await?.ok_or_else(|| gone(self.id))?;
        let (state, message) = match self.action {
            Action::Accept => {
                let data = Map::from_iter([(drift.field.clone(), drift.observed.clone())]);
                write::update(tx, drift.item.kind, drift.item.id, &data, None, OnUnknown::Refuse, at).await?;
                return Ok(Settled { data: drift, message: "Accepted" });
            }
            Action::Keep => (DriftState::Kept, "Kept"),
            Action::Pin => (DriftState::Pinned, "Pinned"),
            Action::Reopen => (DriftState::Open, "Reopened"),
        };
        tx.set_drift(&observation, state).await?;
        Ok(Settled { data: drift, message })
    }
}

async fn find(view: &mut View, id: i64) -> Result<Drift, Fault> {
    let observation = view.observation(id).await?.ok_or_else(|| gone(id))?;
    drift_among(view, vec![observation]).await?.pop().ok_or_else(|| {
        Fault::not_found(format!("difference {id} is settled already: what is said and what is seen agree"))
    })
}

fn gone(id: i64) -> Fault {
    Fault::not_found(format!("there is no difference {id}"))
}
