//! `reachability_list`: which watched items answer.

use std::collections::HashMap;

use labkeeper_core::checkup::Level;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, ItemRef};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{ItemFilter, Stretch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Outages in one answer.
const MOST: i64 = 200;
const WEEK: i64 = 7 * 24 * 3600 * 1_000_000;

/// See which of the items that are watched in the background answer and since when, and which certificates end soon. Asks
/// nobody: it is what the last look found. `health_check` asks now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReachabilityList {
    /// Only those that do not answer.
    #[serde(default)]
    pub down: bool,
    /// Tell of the last week too: what did not answer, from when until when.
    #[serde(default)]
    pub outages: bool,
}

/// How it is with what is watched.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reachabilities {
    /// By item: the silent first.
    pub data: Vec<WatchedItem>,
    /// How many are listed.
    pub count: usize,
    /// How many of all do not answer.
    pub down: usize,
    /// Minutes between two looks; absent when nothing is watched (`watch.minutes`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_minutes: Option<u64>,
    /// Certificates that were shown, those that end first before the others.
    pub certificates: Vec<Ending>,
    /// When asked for: the newest 200 of the last week, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outages: Option<Vec<Outage>>,
}

/// How it is with one item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WatchedItem {
    /// The item.
    pub item: ItemRef,
    /// It answers.
    pub alive: bool,
    /// Since when it does, or does not, UTC.
    pub since: String,
    /// When it was asked last, UTC.
    pub seen_at: String,
    /// What answered: `icmp`, `tcp:<port>`, or `none`.
    pub method: String,
    /// Milliseconds that took.
    pub latency_ms: Option<f64>,
}

/// A time in which an item did not answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outage {
    /// The item.
    pub item: ItemRef,
    /// The first look that found it silent, UTC.
    pub since: String,
    /// When it answered again, or was watched no more, UTC; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A certificate and its end.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ending {
    /// The item that showed it.
    pub item: ItemRef,
    /// On which port.
    pub port: u16,
    /// Whose it is.
    pub subject: String,
    /// Who vouches for that.
    pub issuer: String,
    /// Names and addresses that it speaks for.
    pub names: Vec<String>,
    /// Valid until, in seconds since 1970.
    pub not_after: i64,
    /// How near that is.
    pub status: Level,
    /// The same in words.
    pub words: String,
}

impl Operation for ReachabilityList {
    type Output = Reachabilities;
    const META: Meta = Meta::read("reachability_list", "See who answers", Toolset::Discovery)
        .foreign()
        .routes(&[Route::get("/api/reachability")]);

    async fn run(self, cx: &mut Cx) -> Result<Reachabilities, Fault> {
        let notice = cx.house().settings().health.certificates;
        let every = cx.house().settings().watch.every;
        let now = cx.now.0 / 1_000_000;
        let mut view = cx.snapshot().await?;
        let items: HashMap<ItemId, ItemRef> =
            view.items(ItemFilter::All).await?.iter().map(|item| (item.id, item.reference())).collect();
        let mut stretches = view.reachability_now().await?;
        stretches.retain(|stretch| items.contains_key(&stretch.item_id));
        let down = stretches.iter().filter(|stretch| !stretch.alive).count();
        stretches.retain(|stretch| !self.down || !stretch.alive);
        stretches.sort_by_key(|stretch| (stretch.alive, stretch.item_id));
        let data: Vec<WatchedItem> = stretches
            .iter()
            .filter_map(|stretch| Some(standing(items.get(&stretch.item_id)?.clone(), stretch)))
            .collect();
        let shown = view.certificates(None).await?.into_iter().filter_map(|shown| {
            let (status, words) = notice.of(shown.not_after, now);
            Some(Ending {
                item: items.get(&shown.item_id)?.clone(),
                port: shown.port,
                subject: shown.subject,
                issuer: shown.issuer,
                names: shown.names,
                not_after: shown.not_after,
                status,
                words,
            })
        });
        let certificates = shown.collect();
        let outages = if self.outages {
            let silent = view.outages(Stamp(cx.now.0 - WEEK), MOST).await?;
            Some(
                silent.iter().filter_map(|one| Some(outage(items.get(&one.item_id)?.clone(), one))).collect(),
            )
        } else {
            None
        };
        let every_minutes = every.map(|every| every.as_secs() / 60);
        Ok(Reachabilities { count: data.len(), data, down, every_minutes, certificates, outages })
    }
}

fn outage(item: ItemRef, stretch: &Stretch) -> Outage {
    Outage { item, since: stretch.since.text(), until: stretch.until.map(Stamp::text) }
}

fn standing(item: ItemRef, stretch: &Stretch) -> WatchedItem {
    WatchedItem {
        item,
        alive: stretch.alive,
        since: stretch.since.text(),
        seen_at: stretch.seen_at.text(),
        method: stretch.method.clone(),
        latency_ms: stretch.latency_ms,
    }
}
