//! `discover_subnet`: what lives in a block of addresses.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use labkeeper_core::discovery::{Evidence, PortChoice, SweepReport, SweepRequest};
use labkeeper_core::fault::{Code, Fault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::discovery_import::source_of;
use super::found_host::FoundHost;
use super::host_input::HostInput;
use super::recorded;
use super::scan_request::{Asked, ask};
use super::scan_view::{Since, since};
use super::shown_certificates::note_certificates;
use super::taking_in::{ImportReport, take_in};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Silent addresses are listed in the answer up to a block of this many.
const LIST_SILENT: usize = 1024;

/// Scan a private subnet: which addresses live, their names, open ports, titles, banners, and what each probably is, with the evidence.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoverSubnet {
    /// Block such as `192.168.1.0/24`, at most a /16; a single address; or the /64 of IPv6 that this machine is in.
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
    /// Every address of the block in order; in blocks of more than 1024 addresses, and of IPv6, the living ones only.
    pub hosts: Vec<FoundHost>,
    /// Addresses looked at.
    pub total: usize,
    /// Living hosts.
    pub alive: usize,
    /// Wall time.
    pub duration_ms: u64,
    /// The number under which it is kept.
    pub scan_id: i64,
    /// What is otherwise than at the last scan that looked in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// What limited this scan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

impl Operation for DiscoverSubnet {
    type Output = Discovered;
    const META: Meta = Meta::write("discover_subnet", "Scan a subnet", Toolset::Discovery)
        .idempotent()
        .open_world()
        .foreign()
        .routes(&[Route::post("/api/discovery/scan")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let Asked { sweep, .. } = self.asked(cx)?;
        let addresses = sweep.addresses().count();
        let summary =
            format!("scan {}: {addresses} addresses, {} ports each", sweep.block(), sweep.ports().len());
        Ok(Plan::allow(summary).with(json!({"addresses": addresses, "ports": sweep.ports()})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Discovered, Fault> {
        let asked = self.asked(cx)?;
        let (block, addresses) =
            (asked.sweep.block().to_string(), asked.sweep.addresses().collect::<Vec<_>>());
        let (house, actor) = (cx.house.clone(), cx.actor.clone());
        let (progress, cancelled) = (Arc::clone(&cx.progress), cx.cancelled.clone());
        let scanning = async {
            let begun = recorded::begin(&house, &actor, asked).await?;
            let report = recorded::carry_out(&house, &begun, &*progress, &cancelled).await?;
            Ok::<_, Fault>((begun.id, report))
        };
        let (id, report) = cx.without_tx(scanning).await??;
        if report.cancelled {
            let why = if cx.house.at_work().is_ending() { " because labkeeper is shutting down" } else { "" };
            let message = format!("the scan was stopped{why}; nothing was changed");
            return Err(Fault::new(Code::Cancelled, message)
                .with_hint(format!("what it found by then is kept as scan {id}")));
        }
        let scan = ScanReport { since: compared(cx, id).await?, ..scan_report(id, addresses, &report) };
        cx.summarise(format!("scanned {block}: {} of {} addresses live", scan.alive, scan.total));
        if !self.import_alive {
            return Ok(Discovered { plain: Some(scan), scan: None, import: None });
        }
        let hosts: Vec<HostInput> = scan
            .hosts
            .iter()
            .filter(|host| host.alive)
            .map(|host| HostInput::suggested(host, &block, &self.ports))
            .collect();
        let (at, source) = (cx.now, source_of(Some(&block))?);
        let import = take_in(cx.tx()?, &hosts, &source, at).await?;
        note_certificates(cx.tx()?, &scan.hosts, &block, at).await?;
        cx.summarise(format!(
            "scanned {block}: imported {}, {} were known",
            import.imported,
            import.known.len()
        ));
        Ok(Discovered { plain: None, scan: Some(scan), import: Some(import) })
    }
}

impl DiscoverSubnet {
    fn asked(&self, cx: &Cx) -> Result<Asked, Fault> {
        let request = SweepRequest {
            cidr: self.cidr.clone(),
            ports: self.ports.clone(),
            concurrency: self.concurrency,
            timeout: self.timeout,
            rate: self.rate,
            exclude: self.exclude.clone(),
        };
        ask(&request, cx.house().scout().territory())
    }
}

async fn compared(cx: &mut Cx, id: i64) -> Result<Option<Since>, Fault> {
    let tx = cx.tx()?;
    match tx.scan(id).await? {
        Some(scan) => since(tx, &scan).await,
        None => Ok(None),
    }
}

fn scan_report(id: i64, addresses: Vec<IpAddr>, report: &SweepReport) -> ScanReport {
    let mut living: BTreeMap<IpAddr, &Evidence> =
        report.hosts.iter().map(|host| (host.address, host)).collect();
    let mut hosts: Vec<FoundHost> = Vec::new();
    if addresses.len() <= LIST_SILENT {
        let known = |address| {
            living.remove(&address).map_or_else(|| FoundHost::from(&Evidence::none(address)), FoundHost::from)
        };
        hosts.extend(addresses.into_iter().map(known));
    }
    hosts.extend(living.into_values().map(FoundHost::from));
    ScanReport {
        hosts,
        total: report.checked,
        alive: report.hosts.len(),
        duration_ms: u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
        problems: report.problems.clone(),
        scan_id: id,
        since: None,
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
