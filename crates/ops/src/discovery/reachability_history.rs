//! `reachability_history`: when one item answered and when it did not.

use labkeeper_core::discovery::{Watched, uptime};
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::stamp::Stamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Stretches in one answer; more than half a year of an item that goes down every few hours.
const MOST: i64 = 1000;
const DAY: i64 = 24 * 3600 * 1_000_000;

/// See when a watched item answered and when it did not, and what share of the time that was.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachabilityHistory {
    /// Which item.
    pub id: ItemId,
}

/// The past of one item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PastOfItem {
    /// Newest first; the first one lasts while it has no `until`.
    pub stretches: Vec<PastStretch>,
    /// Share of the watched time of the last day in which it answered, 0 to 1.
    pub day: Option<f64>,
    /// The same of the last week.
    pub week: Option<f64>,
    /// The same of the last 30 days.
    pub month: Option<f64>,
}

/// A stretch of time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PastStretch {
    /// It answered.
    pub alive: bool,
    /// From, UTC.
    pub since: String,
    /// To, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The last look in it, UTC.
    pub seen_at: String,
    /// What answered last: `icmp`, `tcp:<port>`, or `none`.
    pub method: String,
}

impl Operation for ReachabilityHistory {
    type Output = PastOfItem;
    const META: Meta = Meta::read("reachability_history", "See when it answered", Toolset::Discovery)
        .not_a_tool()
        .routes(&[Route::get("/api/items/{id}/reachability")]);

    async fn run(self, cx: &mut Cx) -> Result<PastOfItem, Fault> {
        let now = cx.now;
        let mut view = cx.snapshot().await?;
        if view.item(self.id).await?.is_none() {
            return Err(Fault::not_found(format!("there is no item {}", self.id)).with_field("id"));
        }
        let past = view.reachability_of(self.id, MOST).await?;
        let watched: Vec<Watched> = past
            .iter()
            .map(|stretch| Watched {
                alive: stretch.alive,
                since: stretch.since,
                until: stretch.until.unwrap_or(stretch.seen_at),
            })
            .collect();
        let share = |days: i64| uptime(&watched, Stamp(now.0 - days * DAY));
        let stretches = past.iter().map(|stretch| PastStretch {
            alive: stretch.alive,
            since: stretch.since.text(),
            until: stretch.until.map(Stamp::text),
            seen_at: stretch.seen_at.text(),
            method: stretch.method.clone(),
        });
        Ok(PastOfItem { stretches: stretches.collect(), day: share(1), week: share(7), month: share(30) })
    }
}
