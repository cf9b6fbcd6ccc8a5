//! `discovery_import`: found hosts become items, those already known are recognised.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::provenance::accept_source;
use labkeeper_store::{Scan, View};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::host_input::{HostInput, read_hosts};
use super::recognition::Acquaintances;
use super::shown_certificates::{last_scan, note_of_scan};
use super::taking_in::{ImportReport, take_in};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Hosts in one request.
const MOST: usize = 4096;

/// Take found hosts into the inventory, in one change. A known host is not created again, and nothing a person wrote on it is changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoveryImport {
    /// Hosts, as a scan suggests them.
    pub hosts: Vec<HostInput>,
    /// The scanned block.
    #[serde(default)]
    pub cidr: Option<String>,
    /// Else the newest.
    #[serde(default)]
    pub scan: Option<i64>,
}

impl Operation for DiscoveryImport {
    type Output = ImportReport;
    const META: Meta = Meta::write("discovery_import", "Import found hosts", Toolset::Discovery)
        .idempotent()
        .routes(&[Route::post("/api/discovery/import")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        self.check_bounds()?;
        source_of(self.cidr.as_deref())?;
        let mut view = cx.read().await?;
        self.gone_through(&mut view).await?;
        let known = Acquaintances::load(&mut view).await?;
        let hosts = read_hosts(&self.hosts);
        let (mut new, mut there, mut bad) = (Vec::new(), Vec::new(), Vec::new());
        for (given, host) in self.hosts.iter().zip(&hosts) {
            match host {
                Err(error) => bad.push(json!({"ip": given.ip, "error": error})),
                Ok(host) => match known.find(host.traits()) {
                    Some((item, by)) => there.push(json!({"ip": host.ip, "item": item, "by": by})),
                    None => new.push(json!({"ip": host.ip, "type": host.kind, "name": host.name})),
                },
            }
        }
        let summary =
            format!("import {} found hosts; {} are known, {} are refused", new.len(), there.len(), bad.len());
        Ok(Plan::allow(summary).with(json!({"new": new, "known": there, "errors": bad})))
    }

    async fn run(self, cx: &mut Cx) -> Result<ImportReport, Fault> {
        self.check_bounds()?;
        let source = source_of(self.cidr.as_deref())?;
        let at = cx.now;
        let report = take_in(cx.tx()?, &self.hosts, &source, at).await?;
        if let Some(scan) = self.gone_through(cx.tx()?).await? {
            note_of_scan(cx.tx()?, &scan).await?;
        }
        cx.summarise(format!("imported {} found hosts, {} were known", report.imported, report.known.len()));
        Ok(report)
    }
}

impl DiscoveryImport {
    /// The scan that the hosts come from.
    async fn gone_through(&self, view: &mut View) -> Result<Option<Scan>, Fault> {
        match (self.scan, &self.cidr) {
            (Some(id), _) => {
                let none = || Fault::not_found(format!("there is no scan {id}")).with_field("scan");
                Ok(Some(view.scan(id).await?.ok_or_else(none)?))
            }
            (None, Some(block)) => last_scan(view, block.trim()).await,
            (None, None) => Ok(None),
        }
    }

    fn check_bounds(&self) -> Result<(), Fault> {
        match self.hosts.len() {
            0 => Err(Fault::invalid("hosts", "hosts: there is none to import")
                .with_hint("give at least one {ip, type}")),
            many if many > MOST => {
                Err(Fault::invalid("hosts", format!("hosts: {many} are too many for one change"))
                    .with_hint(format!("import at most {MOST} at a time")))
            }
            _ => Ok(()),
        }
    }
}

/// `scan:<cidr>`.
///
/// # Errors
/// When the block is no name of a source.
pub fn source_of(cidr: Option<&str>) -> Result<String, Fault> {
    let source = cidr.map_or_else(|| "scan".to_owned(), |cidr| format!("scan:{}", cidr.trim()));
    accept_source(&source)
        .map_err(|wants| Fault::new(Code::Invalid, format!("cidr {wants}")).with_field("cidr"))?;
    Ok(source)
}
