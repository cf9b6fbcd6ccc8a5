//! `discovery_import`: found hosts become items, those already known are recognised.

use std::collections::{BTreeMap, HashMap};

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::admit::{OnUnknown, admit};
use labkeeper_core::inventory::provenance::accept_source;
use labkeeper_core::inventory::{ItemRef, Kind, address};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::WriteTx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::found_host::FoundHost;
use super::recognition::{Acquaintances, By, Traits};
use crate::cx::Cx;
use crate::inventory::write;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Hosts in one request.
const MOST: usize = 4096;

/// Take found hosts into the inventory, in one change. A known host is not created again, and nothing a person wrote on it is changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoveryImport {
    /// The hosts, as a scan suggests them or as a person edited them.
    pub hosts: Vec<HostInput>,
    /// The scanned block, for the record of where this was seen.
    #[serde(default)]
    pub cidr: Option<String>,
}

/// One host to take in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostInput {
    /// Its address.
    pub ip: String,
    /// Kind of item to create.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Name; the host name or address when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// It said its name itself: a known item is not recognised by that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub names_itself: bool,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Port of its page; for apps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Whether that page is behind TLS; for apps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub https: Option<bool>,
    /// Icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
}

impl HostInput {
    /// What the import is given of a found host.
    pub fn suggested(host: &FoundHost, block: &str) -> Self {
        let page = host.url.as_deref().filter(|_| host.suggested_type == Kind::Apps);
        Self {
            ip: host.ip.to_string(),
            kind: host.suggested_type,
            name: Some(host.suggested_name.clone()),
            hostname: host.hostname.clone(),
            names_itself: host.names_itself,
            notes: Some(host.notes(block)),
            mac: host.mac.clone(),
            port: page.and_then(|url| url.trim_end_matches('/').rsplit(':').next()?.parse().ok()),
            https: page.map(|url| url.starts_with("https:")),
            icon: host.icon.clone(),
        }
    }
}

/// Exactly what was done.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct ImportReport {
    /// Items created.
    pub imported: usize,
    /// The same by kind.
    pub by_type: BTreeMap<&'static str, usize>,
    /// Hosts that were not taken in, and why.
    pub errors: Vec<ImportError>,
    /// The created items.
    pub items: Vec<ImportedHost>,
    /// Hosts that were there already.
    pub known: Vec<KnownHost>,
}

/// A host that was refused.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportError {
    /// Its address as given.
    pub ip: String,
    /// What is wrong with it.
    pub error: String,
}

/// A host and the item made of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportedHost {
    /// Its address.
    pub ip: String,
    /// The item.
    pub item: ItemRef,
}

/// A host and the item it already was.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KnownHost {
    /// Its address.
    pub ip: String,
    /// The item.
    pub item: ItemRef,
    /// By what it was recognised.
    pub by: By,
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
        cx.summarise(format!("imported {} found hosts, {} were known", report.imported, report.known.len()));
        Ok(report)
    }
}

impl DiscoveryImport {
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

/// Creates what is new and records on what is known that it was seen.
///
/// # Errors
/// When the store fails; a host that is not acceptable is an entry of the report.
pub async fn take_in(
    tx: &mut WriteTx,
    hosts: &[HostInput],
    source: &str,
    at: Stamp,
) -> Result<ImportReport, Fault> {
    let mut report = ImportReport::default();
    let mut known = Acquaintances::load(tx).await?;
    for (given, host) in hosts.iter().zip(read_hosts(hosts)) {
        let host = match host {
            Ok(host) => host,
            Err(error) => {
                report.errors.push(ImportError { ip: given.ip.clone(), error });
                continue;
            }
        };
        if let Some((item, by)) = known.find(host.traits()) {
            let item = item.clone();
            record(tx, &item, by, &host, source, at).await?;
            report.known.push(KnownHost { ip: host.ip, item, by });
            continue;
        }
        let (item, _) = write::create(tx, host.kind, &host.data, OnUnknown::Custom, at).await?;
        if let Some(mac) = &host.mac {
            tx.identify(item.id, "mac", mac).await?;
        }
        tx.sighted(item.id, source, at).await?;
        known.add(&item);
        report.imported += 1;
        *report.by_type.entry(item.kind.key()).or_default() += 1;
        report.items.push(ImportedHost { ip: host.ip, item: item.reference() });
    }
    Ok(report)
}

/// A host that may become an item.
pub(super) struct Host {
    kind: Kind,
    ip: String,
    mac: Option<String>,
    name: String,
    hostname: Option<String>,
    names_itself: bool,
    data: Map<String, Value>,
}

impl Host {
    pub(super) fn traits(&self) -> Traits<'_> {
        let named = (self.name != self.ip).then_some(self.name.as_str());
        let names = if self.names_itself { [None, None] } else { [named, self.hostname.as_deref()] };
        Traits { kind: self.kind, ip: &self.ip, mac: self.mac.as_deref(), names }
    }
}

/// What an import of each found host would take, checked.
pub(super) fn proposed(found: &[FoundHost], block: &str) -> Vec<(HostInput, Result<Host, String>)> {
    let proposals: Vec<HostInput> = found.iter().map(|host| HostInput::suggested(host, block)).collect();
    let read = read_hosts(&proposals);
    proposals.into_iter().zip(read).collect()
}

/// Each host checked as far as that needs no store. A hardware address that several of them share is a router
/// speaking for others and identifies none.
pub(super) fn read_hosts(given: &[HostInput]) -> Vec<Result<Host, String>> {
    let mut shared: HashMap<String, usize> = HashMap::new();
    for mac in given.iter().filter_map(|host| address::mac(host.mac.as_deref()?).ok()) {
        *shared.entry(mac).or_default() += 1;
    }
    given.iter().map(|host| read_host(host, |mac| shared.get(mac).is_some_and(|times| *times > 1))).collect()
}

fn read_host(given: &HostInput, is_shared: impl Fn(&str) -> bool) -> Result<Host, String> {
    if given.kind == Kind::Documents {
        return Err("a document is no host; choose another type".into());
    }
    let ip = address::ip(&given.ip).map_err(|wants| format!("ip {wants}"))?;
    let filled = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let mac = match filled(&given.mac) {
        Some(mac) => Some(address::mac(&mac).map_err(|wants| format!("mac {wants}"))?),
        None => None,
    };
    let mac = mac.filter(|mac| !is_shared(mac));
    let hostname = filled(&given.hostname).filter(|hostname| *hostname != ip);
    let name = filled(&given.name).or_else(|| hostname.clone()).unwrap_or_else(|| ip.clone());
    let mut data = Map::new();
    data.insert(given.kind.spec().name_field.into(), name.clone().into());
    data.insert("addresses".into(), json!([{"ip": ip, "mac": mac, "primary": true}]));
    let fields = [
        ("hostname", hostname.clone().map(Value::from)),
        ("notes", filled(&given.notes).map(Value::from)),
        ("icon", filled(&given.icon).map(Value::from)),
        ("port", given.port.map(Value::from)),
        ("https", given.https.map(Value::from)),
    ];
    for (field, value) in fields {
        // A kind that has no such field keeps only what would be lost otherwise.
        if let Some(value) = value.filter(|_| given.kind.spec().field(field).is_some() || field == "hostname")
        {
            data.insert(field.into(), value);
        }
    }
    admit(given.kind, &data, None, OnUnknown::Custom).map_err(|fault| fault.message)?;
    let names_itself = given.names_itself;
    Ok(Host { kind: given.kind, ip, mac, name, hostname, names_itself, data })
}

/// Fills gaps of a known item with what was seen; what differs from a person's word shows as drift.
async fn record(
    tx: &mut WriteTx,
    item: &ItemRef,
    by: By,
    host: &Host,
    source: &str,
    at: Stamp,
) -> Result<(), Fault> {
    if by == By::Name {
        return Ok(());
    }
    tx.sighted(item.id, source, at).await?;
    let spec = item.kind.spec();
    if let (By::Mac, Some(field)) = (by, spec.address_field()) {
        observe_unless_listed(tx, item, field, &host.ip, source, at).await?;
    }
    if let (Some(mac), Some(field)) = (&host.mac, spec.mac_field()) {
        observe_unless_listed(tx, item, field, mac, source, at).await?;
    }
    Ok(())
}

/// An item with several addresses is not at odds with a scan that met it at one of them.
async fn observe_unless_listed(
    tx: &mut WriteTx,
    item: &ItemRef,
    field: &str,
    value: &str,
    source: &str,
    at: Stamp,
) -> Result<(), Fault> {
    let stored = tx.item(item.id).await?.and_then(|item| item.fields.get("addresses").cloned());
    let listed = address::stored(stored.as_ref());
    let is_listed =
        listed.iter().any(|one| one.ip.as_deref() == Some(value) || one.mac.as_deref() == Some(value));
    if !is_listed || listed.len() == 1 {
        tx.observe(item.id, field, source, &value.into(), at).await?;
    }
    Ok(())
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
