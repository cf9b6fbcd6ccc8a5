//! A scan that is kept while it runs: how far it is, whom it found, and whether it may go on.
//!
//! *Invariant:* the hosts of a scan that is done are those of its report. Whoever stops it does so in the database, so any
//! process may.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::discovery::{Evidence, Sweep, SweepProgress, SweepReport};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::{NewScan, ScanState};
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::found_host::FoundHost;
use super::new_hosts::{self, is_schedule};
use super::scan_request::Asked;
use super::scan_view::ScanPhase;
use super::shown_certificates::note_certificates;
use crate::house::House;
use crate::progress::Progress;

/// Scans at the same time.
const AT_ONCE: usize = 3;
/// How often what was found is kept.
const EVERY: Duration = Duration::from_millis(700);
/// Scans of one block that are remembered.
const KEPT: i64 = 60;

/// A scan that has a number.
pub(crate) struct Begun {
    pub(crate) id: i64,
    sweep: Sweep,
    /// Nobody looks: people are told whom it finds.
    is_scheduled: bool,
}

/// Gives a scan its number.
///
/// # Errors
/// [`Code::RateLimited`] when others are at work.
pub(crate) async fn begin(house: &House, actor: &Actor, asked: Asked) -> Result<Begun, Fault> {
    let now = house.clock().now();
    let mut tx = house.store().write().await?;
    let open = tx.open_scans().await?;
    let at_work: Vec<i64> =
        open.iter().filter(|scan| ScanPhase::of(scan, now).is_at_work()).map(|scan| scan.id).collect();
    if at_work.len() >= AT_ONCE {
        return Err(Fault::new(Code::RateLimited, format!("{} scans are at work", at_work.len()))
            .with_hint(format!("wait for scan {}, or stop it", at_work[0])));
    }
    let scan = NewScan {
        cidr: asked.sweep.block().to_string(),
        wish: asked.wish,
        actor: actor.name.clone(),
        total: asked.sweep.addresses().count(),
    };
    let id = tx.begin_scan(&scan, now).await?;
    tx.tell(now).await?;
    tx.commit().await?;
    Ok(Begun { id, sweep: asked.sweep, is_scheduled: is_schedule(actor) })
}

/// Runs it to its end, telling `progress` of each host and each percent.
///
/// # Errors
/// When what it found cannot be kept.
pub(crate) async fn carry_out(
    house: &House,
    begun: &Begun,
    progress: &dyn Progress,
    cancelled: &CancellationToken,
) -> Result<SweepReport, Fault> {
    let notes = Notes::default();
    let watch = |now: SweepProgress<'_>| {
        if notes.take(&now) {
            progress.report(now.checked as f64, Some(now.total as f64), &news(&now));
        }
        let is_over = cancelled.is_cancelled() || notes.stopped.load(Ordering::Relaxed);
        if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let scout = Arc::clone(house.scout());
    let mut report = tokio::select! {
        report = scout.sweep(&begun.sweep, &watch) => report,
        () = keep_up(house, begun.id, &notes) => unreachable!("what is kept is kept until the sweep ends"),
    };
    if report.cancelled && house.at_work().is_ending() {
        report.problems.push("labkeeper was shut down while it was at work, and so it was stopped".into());
    }
    if let Err(fault) = end(house, begun, &report).await {
        give_up(house, begun.id, &report, &fault).await;
        return Err(fault);
    }
    Ok(report)
}

/// Says that it failed, so that nobody waits for it.
async fn give_up(house: &House, id: i64, report: &SweepReport, fault: &Fault) {
    let problems = [format!("what was found could not be kept: {fault}")];
    let now = house.clock().now();
    let said = async {
        let mut tx = house.store().write().await?;
        tx.end_scan(id, ScanState::Failed, &[], report.checked, &problems, now).await?;
        tx.tell(now).await?;
        tx.commit().await
    };
    if let Err(error) = said.await {
        tracing::warn!(scan = id, %error, "a scan failed, and that could not be noted either");
    }
}

/// What was seen and is not kept yet.
#[derive(Default)]
struct Notes {
    seen: Mutex<Unkept>,
    stopped: AtomicBool,
}

#[derive(Default)]
struct Unkept {
    checked: usize,
    percent: usize,
    /// Hosts found so far, kept ones too.
    numbered: i64,
    found: Vec<(i64, Value)>,
}

impl Notes {
    /// Whether that is worth a word.
    fn take(&self, now: &SweepProgress<'_>) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.checked = now.checked;
        if let Some(host) = now.found {
            seen.numbered += 1;
            let number = seen.numbered;
            seen.found.push((number, serde_json::to_value(FoundHost::from(host)).unwrap_or_default()));
        }
        let percent = now.checked * 100 / now.total.max(1);
        let is_further = percent != seen.percent;
        seen.percent = percent;
        is_further || now.found.is_some()
    }

    fn unkept(&self) -> (usize, Vec<(i64, Value)>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        (seen.checked, std::mem::take(&mut seen.found))
    }
}

async fn keep_up(house: &House, id: i64, notes: &Notes) {
    loop {
        sleep(EVERY).await;
        let (checked, found) = notes.unkept();
        match keep(house, id, checked, &found).await {
            Ok(may_go_on) => notes.stopped.store(!may_go_on, Ordering::Relaxed),
            // The end keeps all of them once more.
            Err(fault) => tracing::warn!(scan = id, %fault, "what a scan found could not be kept on its way"),
        }
    }
}

async fn keep(house: &House, id: i64, checked: usize, found: &[(i64, Value)]) -> Result<bool, Fault> {
    let now = house.clock().now();
    let mut tx = house.store().write().await?;
    let may_go_on = tx.scan_went_on(id, checked, found, now).await?;
    tx.tell(now).await?;
    tx.commit().await?;
    Ok(may_go_on)
}

async fn end(house: &House, begun: &Begun, report: &SweepReport) -> Result<(), Fault> {
    let now = house.clock().now();
    let state = if report.cancelled { ScanState::Cancelled } else { ScanState::Done };
    let found: Vec<FoundHost> = report.hosts.iter().map(FoundHost::from).collect();
    let hosts: Vec<Value> = found
        .iter()
        .map(serde_json::to_value)
        .collect::<Result<_, _>>()
        .map_err(|error| Fault::internal(&error))?;
    let mut tx = house.store().write().await?;
    tx.end_scan(begun.id, state, &hosts, report.checked, &report.problems, now).await?;
    let block = begun.sweep.block().to_string();
    note_certificates(&mut tx, &found, &block, now).await?;
    if begun.is_scheduled && house.notifier().is_some() {
        new_hosts::add(&mut tx, begun.id, begun.sweep.block()).await?;
    }
    tx.trim_scans(&block, KEPT, now).await?;
    tx.tell(now).await?;
    tx.commit().await?;
    Ok(())
}

fn news(now: &SweepProgress<'_>) -> String {
    match now.found {
        Some(host) => told(host),
        None => format!("{} of {} addresses, {} living", now.checked, now.total, now.alive),
    }
}

fn told(host: &Evidence) -> String {
    let host = FoundHost::from(host);
    format!("{} {}: {}", host.ip, host.suggested_name, host.fingerprint)
}
