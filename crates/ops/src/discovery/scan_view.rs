//! A scan as callers see it.

use labkeeper_core::discovery::{Difference, PortChoice, Seen};
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Scan, ScanState, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::found_host::FoundHost;

/// Where a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScanPhase {
    /// At work.
    Running,
    /// Told to stop, and about to.
    Stopping,
    /// Whole.
    Done,
    /// It could not go on.
    Failed,
    /// Stopped before its end; what it found by then is kept.
    Cancelled,
    /// Its process ended while it was at work.
    Interrupted,
}

impl ScanPhase {
    pub(crate) fn of(scan: &Scan, now: Stamp) -> Self {
        match scan.state {
            ScanState::Running | ScanState::Stopping if scan.is_silent(now) => Self::Interrupted,
            ScanState::Running => Self::Running,
            ScanState::Stopping => Self::Stopping,
            ScanState::Done => Self::Done,
            ScanState::Failed => Self::Failed,
            ScanState::Cancelled => Self::Cancelled,
        }
    }

    pub(crate) fn is_at_work(self) -> bool {
        matches!(self, Self::Running | Self::Stopping)
    }
}

/// A scan.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ScanView {
    /// Its number.
    pub id: i64,
    /// The block.
    pub cidr: String,
    /// Where it is.
    pub state: ScanPhase,
    /// Who asked; `schedule` for the clock.
    pub actor: String,
    /// When it began, UTC.
    pub started_at: String,
    /// When it ended, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Addresses done.
    pub checked: i64,
    /// Addresses in all.
    pub total: i64,
    /// Living hosts found.
    pub alive: i64,
    /// Which ports it tries.
    pub ports: PortChoice,
    /// What it leaves alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// What limited it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// In which way a scan looks, as it is kept.
#[derive(Default, Deserialize)]
struct Wish {
    #[serde(default)]
    ports: PortChoice,
    #[serde(default)]
    exclude: Vec<String>,
}

impl ScanView {
    pub(crate) fn of(scan: &Scan, now: Stamp) -> Self {
        let wish: Wish = serde_json::from_value(scan.wish.clone()).unwrap_or_default();
        Self {
            id: scan.id,
            cidr: scan.cidr.clone(),
            state: ScanPhase::of(scan, now),
            actor: scan.actor.clone(),
            started_at: scan.started_at.text(),
            ended_at: scan.ended_at.map(Stamp::text),
            checked: scan.checked,
            total: scan.total,
            alive: scan.alive,
            ports: wish.ports,
            exclude: wish.exclude,
            problems: scan.problems.clone(),
        }
    }
}

/// What is otherwise than at the last whole scan that looked in the same way.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Since {
    /// The number of that scan.
    pub scan: i64,
    /// When it ended, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What is otherwise.
    #[serde(flatten)]
    pub difference: Difference,
}

/// The hosts of a scan after that number, each with its own.
///
/// # Errors
/// When the store fails.
pub(crate) async fn hosts(view: &mut View, scan: i64, after: i64) -> Result<Vec<(i64, FoundHost)>, Fault> {
    let rows = view.scan_hosts(scan, after).await?.into_iter();
    // One that an older version wrote otherwise is passed over.
    Ok(rows.filter_map(|(number, host)| Some((number, serde_json::from_value(host).ok()?))).collect())
}

/// Compares a whole scan with the one before it; `None` for the first of its kind.
///
/// # Errors
/// When the store fails.
pub(crate) async fn since(view: &mut View, scan: &Scan) -> Result<Option<Since>, Fault> {
    if scan.state != ScanState::Done {
        return Ok(None);
    }
    let Some(before) = view.scan_before(scan).await? else { return Ok(None) };
    let was = seen(&hosts(view, before.id, 0).await?);
    let is = seen(&hosts(view, scan.id, 0).await?);
    Ok(Some(Since {
        scan: before.id,
        at: before.ended_at.map(Stamp::text),
        difference: Difference::between(&was, &is),
    }))
}

fn seen(hosts: &[(i64, FoundHost)]) -> Vec<Seen> {
    hosts.iter().map(|(_, host)| host.seen()).collect()
}
