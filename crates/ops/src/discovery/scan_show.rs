//! `scan_show`: one scan, its hosts, and what is otherwise since last time.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::found_host::FoundHost;
use super::scan_view::{ScanView, Since, hosts, since};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// See how a scan goes and whom it found; once it is done, also what is new, gone, moved or changed since the last scan that
/// looked in the same way. While it is at work, pass `next_after` as `after` to get only what was found since.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanShow {
    /// The number of the scan.
    pub id: i64,
    /// Only hosts after this number.
    #[serde(default)]
    pub after: i64,
}

/// A scan and its hosts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanShown {
    /// The scan.
    #[serde(flatten)]
    pub scan: ScanView,
    /// Living hosts: while it is at work in the order in which they were found, afterwards by address.
    pub hosts: Vec<FoundHost>,
    /// Pass as `after` to go on. The hosts of a scan are numbered anew when it ends: read it whole then.
    pub next_after: i64,
    /// What is otherwise, when it is done and not the first of its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

impl Operation for ScanShow {
    type Output = ScanShown;
    const META: Meta = Meta::read("scan_show", "See a scan", Toolset::Discovery)
        .foreign()
        .not_a_tool()
        .routes(&[Route::get("/api/discovery/jobs/{id}")]);

    async fn run(self, cx: &mut Cx) -> Result<ScanShown, Fault> {
        let now = cx.now;
        let mut view = cx.snapshot().await?;
        let scan = view.scan(self.id).await?;
        let scan =
            scan.ok_or_else(|| Fault::not_found(format!("there is no scan {}", self.id)).with_field("id"))?;
        let found = hosts(&mut view, scan.id, self.after).await?;
        let next_after = found.last().map_or(self.after, |(number, _)| *number);
        let since = since(&mut view, &scan).await?;
        let hosts = found.into_iter().map(|(_, host)| host).collect();
        Ok(ScanShown { scan: ScanView::of(&scan, now), hosts, next_after, since })
    }
}
