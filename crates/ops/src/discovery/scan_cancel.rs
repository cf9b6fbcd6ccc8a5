//! `scan_cancel`: stops a scan.

use labkeeper_core::fault::{Code, Fault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scan_view::ScanView;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Stop a scan that is at work, within about a second. What it found by then is kept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanCancel {
    /// The number of the scan.
    pub id: i64,
}

/// The scan that is told to stop.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanCancelled {
    /// How it was just before it stopped.
    pub scan: ScanView,
}

impl Operation for ScanCancel {
    type Output = ScanCancelled;
    const META: Meta = Meta::write("scan_cancel", "Stop a scan", Toolset::Discovery)
        .idempotent()
        .not_a_tool()
        .routes(&[Route::post("/api/discovery/jobs/{id}/cancel")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let scan = cx.read().await?.scan(self.id).await?;
        let scan =
            scan.ok_or_else(|| Fault::not_found(format!("there is no scan {}", self.id)).with_field("id"))?;
        let view = ScanView::of(&scan, cx.now);
        if !view.state.is_at_work() {
            return Err(Fault::new(Code::Conflict, format!("scan {} is not at work any more", scan.id))
                .with_hint("scan_show has what it found"));
        }
        Ok(Plan::allow(format!("stop scan {} of {}", scan.id, scan.cidr)))
    }

    async fn run(self, cx: &mut Cx) -> Result<ScanCancelled, Fault> {
        let now = cx.now;
        let tx = cx.tx()?;
        tx.stop_scan(self.id).await?;
        let scan = tx
            .scan(self.id)
            .await?
            .ok_or_else(|| Fault::not_found(format!("there is no scan {}", self.id)))?;
        Ok(ScanCancelled { scan: ScanView::of(&scan, now) })
    }
}
