//! `scan_list`: the scans that were made.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scan_view::ScanView;
use super::watch_settings::WatchSettings;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the scans that were made or are at work, newest first. `scan_show` has the hosts of one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanList {
    /// Only of this block.
    #[serde(default)]
    pub cidr: Option<String>,
    /// Only older than this scan.
    #[serde(default)]
    pub before: Option<i64>,
    /// At most so many, 20 when left out, 200 at most.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// Scans.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Scans {
    /// Newest first.
    pub data: Vec<ScanView>,
    /// How many are on this page.
    pub count: usize,
    /// What a serving hub scans by the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScanSchedule>,
}

/// Scans by the clock, as the configuration has them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanSchedule {
    /// Each of these.
    pub blocks: Vec<String>,
    /// How often.
    pub every_hours: f64,
}

impl ScanSchedule {
    fn of(watch: &WatchSettings) -> Option<Self> {
        let every = watch.scan_every?;
        let blocks = watch.scans.iter().map(ToString::to_string).collect();
        Some(Self { blocks, every_hours: every.as_secs_f64() / 3600.0 })
    }
}

impl Operation for ScanList {
    type Output = Scans;
    const META: Meta = Meta::read("scan_list", "List scans", Toolset::Discovery)
        .not_a_tool()
        .routes(&[Route::get("/api/discovery/jobs")]);

    async fn run(self, cx: &mut Cx) -> Result<Scans, Fault> {
        let limit = self.limit.unwrap_or(20);
        if !(1..=200).contains(&limit) {
            return Err(Fault::invalid("limit", format!("limit wants a number from 1 to 200, not {limit}")));
        }
        let now = cx.now;
        let scans = cx.read().await?.scans(self.cidr.as_deref(), self.before, limit).await?;
        let data: Vec<ScanView> = scans.iter().map(|scan| ScanView::of(scan, now)).collect();
        let schedule = ScanSchedule::of(&cx.house().settings().watch);
        Ok(Scans { count: data.len(), data, schedule })
    }
}
