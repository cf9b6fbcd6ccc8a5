//! `approval_status`: what became of calls that wait for a person.

use labkeeper_core::fault::Fault;
use labkeeper_store::{ApprovalFilter, Asker};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::row::ApprovalRow;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Ask what became of calls that wait for a person: pending, denied, expired, or done, and then what they answered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalStatus {
    /// Which; the number that the parked call answered.
    #[serde(default)]
    pub id: Option<i64>,
    /// Only those that still wait.
    #[serde(default)]
    pub pending: bool,
    /// At most this many, newest first; 20 when left out.
    #[serde(default)]
    #[schemars(range(min = 1, max = 200))]
    pub limit: Option<u8>,
}

/// Parked calls.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApprovalRows {
    /// Newest first.
    pub data: Vec<ApprovalRow>,
}

impl Operation for ApprovalStatus {
    type Output = ApprovalRows;
    const META: Meta = Meta::read("approval_status", "See what waits for a person", Toolset::Safety)
        // Diffs in plans, and what commands answered.
        .foreign()
        .routes(&[Route::get("/api/approvals"), Route::get("/api/approvals/{id}")]);

    async fn run(self, cx: &mut Cx) -> Result<ApprovalRows, Fault> {
        // Who runs the hub sees all; a program sees what it asked for itself.
        let asker = (!cx.actor.is_person()).then(|| Asker::of(&cx.actor));
        let now = cx.now;
        let mut view = cx.read().await?;
        let parked =
            match self.id {
                Some(id) => {
                    let found = view.approval(id).await?;
                    let found = found
                        .filter(|parked| asker.as_ref().is_none_or(|asker| asker.asked(&parked.request)));
                    vec![found.ok_or_else(|| {
                        Fault::not_found(format!("there is no approval {id}")).with_field("id")
                    })?]
                }
                None => {
                    let waiting_at = self.pending.then_some(now);
                    let limit = self.limit.unwrap_or(20).into();
                    view.approvals(&ApprovalFilter { asker, waiting_at, limit }).await?
                }
            };
        Ok(ApprovalRows { data: parked.into_iter().map(|parked| ApprovalRow::of(parked, now)).collect() })
    }
}
