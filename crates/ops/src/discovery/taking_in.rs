//! Found hosts become items, and those that are known are seen again.

use std::collections::BTreeMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::admit::OnUnknown;
use labkeeper_core::inventory::{ItemRef, Kind, address};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::WriteTx;
use schemars::JsonSchema;
use serde::Serialize;

use super::host_input::{Host, HostInput, read_hosts};
use super::recognition::{Acquaintances, By};
use crate::inventory::write;

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
        // The scan saw that too, so that the next one sees nothing new.
        let by = if host.mac.is_some() { By::Mac } else { By::Address };
        record(tx, &item.reference(), by, &host, source, at).await?;
        known.add(&item);
        report.imported += 1;
        *report.by_type.entry(item.kind.key()).or_default() += 1;
        report.items.push(ImportedHost { ip: host.ip, item: item.reference() });
    }
    Ok(report)
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
    // An app is one of those that answer at its address: what listens there beside it is not its own.
    if item.kind != Kind::Apps || host.kind == Kind::Apps {
        observe(tx, item, host, source, at).await?;
    }
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

/// Notes what the scan saw of it; what a person says of the same stays.
async fn observe(
    tx: &mut WriteTx,
    item: &ItemRef,
    host: &Host,
    source: &str,
    at: Stamp,
) -> Result<(), Fault> {
    for (field, value) in &host.seen {
        if item.kind.spec().field(field).is_some() {
            tx.observe(item.id, field, source, value, at).await?;
        }
    }
    Ok(())
}
