//! `drift_list`: the inbox of differences.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::provenance::DriftState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Drift, drift_among};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List where the inventory and what sources see disagree. Settle each with `drift_settle`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriftList {
    /// Only differences in this state; open ones when left out.
    #[serde(default)]
    pub state: Option<DriftState>,
    /// Also those that somebody has muted.
    #[serde(default)]
    pub all: bool,
}

/// Differences.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DriftListing {
    /// The differences.
    pub data: Vec<Drift>,
    /// How many.
    pub count: usize,
}

impl Operation for DriftList {
    type Output = DriftListing;
    const META: Meta = Meta::read("drift_list", "List drift", Toolset::Safety)
        .cacheable()
        .routes(&[Route::get("/api/drift")]);

    async fn run(self, cx: &mut Cx) -> Result<DriftListing, Fault> {
        let mut view = cx.snapshot().await?;
        let observations = view.observations(None).await?;
        let mut data = drift_among(&mut view, observations).await?;
        let wanted = self.state.unwrap_or(DriftState::Open);
        data.retain(|drift| (self.all && self.state.is_none()) || drift.state == wanted);
        Ok(DriftListing { count: data.len(), data })
    }
}
