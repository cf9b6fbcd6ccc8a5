//! `discover_subnet`: what lives in a block of addresses.

use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use labkeeper_core::discovery::{
    Evidence, PortChoice, Sweep, SweepProgress, SweepRefused, SweepReport, SweepRequest,
};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::Kind;
use labkeeper_core::ports::Scout;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::discovery_import::{HostInput, ImportReport, source_of, take_in};
use super::found_host::FoundHost;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};
use crate::progress::Progress;

/// Silent addresses are listed in the answer up to a block of this many.
const LIST_SILENT: usize = 1024;

/// Scan a private subnet: which addresses live (by ping, ARP or TCP), their names, open ports, page titles and
/// banners, and what each host probably is, with the evidence. With `import_alive` the living hosts are taken into
/// the inventory; those already known are recognised, not duplicated.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoverSubnet {
    /// Block such as `192.168.1.0/24`, at most a /16; or a single address.
    pub cidr: String,
    /// Hosts examined at the same time, 1 to 512.
    #[serde(default = "default_concurrency")]
    pub concurrency: u32,
    /// Seconds to wait for one answer, 0.05 to 10.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// Take the living hosts into the inventory.
    #[serde(default)]
    pub import_alive: bool,
    /// `quick`, `standard`, `full`, or a list of ports.
    #[serde(default)]
    pub ports: PortChoice,
    /// Addresses asked per second at most, 1 to 10000.
    #[serde(default = "default_rate")]
    pub rate: u32,
    /// Addresses or blocks to leave alone.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// What was found. With `import_alive` the scan is under `scan` and the import under `import`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Discovered {
    /// The scan, when nothing was imported.
    #[serde(flatten)]
    pub plain: Option<ScanReport>,
    /// The scan, when its hosts were imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan: Option<ScanReport>,
    /// What the import did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportReport>,
}

/// The scan of one block.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScanReport {
    /// Every address of the block in order; in blocks of more than 1024 addresses the living ones only.
    pub hosts: Vec<FoundHost>,
    /// Addresses looked at.
    pub total: usize,
    /// Living hosts.
    pub alive: usize,
    /// Wall time.
    pub duration_ms: u64,
    /// What limited this scan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl Operation for DiscoverSubnet {
    type Output = Discovered;
    const META: Meta = Meta::write("discover_subnet", "Scan a subnet", Toolset::Discovery)
        .idempotent()
        .open_world()
        .routes(&[Route::post("/api/discovery/scan")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let sweep = self.sweep(cx)?;
        let addresses = sweep.addresses().count();
        let summary =
            format!("scan {}: {addresses} addresses, {} ports each", sweep.block(), sweep.ports().len());
        Ok(Plan::allow(summary).with(json!({"addresses": addresses, "ports": sweep.ports()})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Discovered, Fault> {
        let sweep = self.sweep(cx)?;
        let scanning =
            watched(Arc::clone(cx.house().scout()), Arc::clone(&cx.progress), cx.cancelled.clone(), &sweep);
        let report = cx.without_tx(scanning).await?;
        if report.cancelled {
            return Err(Fault::new(Code::Cancelled, "the scan was stopped; nothing was changed"));
        }
        let block = sweep.block().to_string();
        let scan = scan_report(&sweep, &report);
        cx.summarise(format!("scanned {block}: {} of {} addresses live", scan.alive, scan.total));
        if !self.import_alive {
            return Ok(Discovered { plain: Some(scan), scan: None, import: None });
        }
        let hosts: Vec<HostInput> =
            scan.hosts.iter().filter(|host| host.alive).map(|host| suggestion(host, &block)).collect();
        let (at, source) = (cx.now, source_of(Some(&block))?);
        let import = take_in(cx.tx()?, &hosts, &source, at).await?;
        cx.summarise(format!(
            "scanned {block}: imported {}, {} were known",
            import.imported,
            import.known.len()
        ));
        Ok(Discovered { plain: None, scan: Some(scan), import: Some(import) })
    }
}

impl DiscoverSubnet {
    fn sweep(&self, cx: &Cx) -> Result<Sweep, Fault> {
        let request = SweepRequest {
            cidr: self.cidr.clone(),
            ports: self.ports.clone(),
            concurrency: self.concurrency,
            timeout: self.timeout,
            rate: self.rate,
            exclude: self.exclude.clone(),
        };
        Sweep::plan(&request, cx.house().scout().territory()).map_err(|refused| refusal(&refused))
    }
}

/// Sweeps, telling the caller of each host and each percent, until done or the caller gives up.
async fn watched(
    scout: Arc<dyn Scout>,
    progress: Arc<dyn Progress>,
    cancelled: CancellationToken,
    sweep: &Sweep,
) -> SweepReport {
    let told = AtomicUsize::new(0);
    let watch = |now: SweepProgress<'_>| {
        let percent = now.checked * 100 / now.total.max(1);
        let is_news = now.found.is_some() || told.swap(percent, Ordering::Relaxed) != percent;
        if is_news {
            progress.report(now.checked as f64, Some(now.total as f64), &news(&now));
        }
        if cancelled.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    scout.sweep(sweep, &watch).await
}

fn news(now: &SweepProgress<'_>) -> String {
    match now.found {
        Some(host) => {
            let host = FoundHost::from(host);
            format!("{} {}: {}", host.ip, host.suggested_name, host.fingerprint)
        }
        None => format!("{} of {} addresses, {} living", now.checked, now.total, now.alive),
    }
}

fn scan_report(sweep: &Sweep, report: &SweepReport) -> ScanReport {
    let living: HashMap<IpAddr, &Evidence> = report.hosts.iter().map(|host| (host.address, host)).collect();
    let lists_silent = report.checked <= LIST_SILENT;
    let hosts = sweep.addresses().filter_map(|address| match living.get(&address) {
        Some(host) => Some(FoundHost::from(*host)),
        None => lists_silent.then(|| FoundHost::from(&Evidence::none(address))),
    });
    ScanReport {
        hosts: hosts.collect(),
        total: report.checked,
        alive: report.hosts.len(),
        duration_ms: u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
        problems: report.problems.clone(),
    }
}

/// What the import is given of a found host.
fn suggestion(host: &FoundHost, block: &str) -> HostInput {
    let page = host.url.as_deref().filter(|_| host.suggested_type == Kind::Apps);
    HostInput {
        ip: host.ip.to_string(),
        kind: host.suggested_type,
        name: Some(host.suggested_name.clone()),
        hostname: host.hostname.clone(),
        notes: Some(host.notes(block)),
        mac: host.mac.clone(),
        port: page.and_then(|url| url.trim_end_matches('/').rsplit(':').next()?.parse().ok()),
        https: page.map(|url| url.starts_with("https:")),
        icon: host.icon.map(str::to_owned),
    }
}

/// The refusal with its way out set apart.
fn refusal(refused: &SweepRefused) -> Fault {
    let text = refused.to_string();
    let fault = |message: &str| Fault::invalid(refused.field(), message);
    match text.split_once("; ") {
        Some((message, hint)) => fault(message).with_hint(hint),
        None => fault(&text),
    }
}

fn default_concurrency() -> u32 {
    SweepRequest::DEFAULT_CONCURRENCY
}

fn default_timeout() -> f64 {
    SweepRequest::DEFAULT_TIMEOUT
}

fn default_rate() -> u32 {
    SweepRequest::DEFAULT_RATE
}
