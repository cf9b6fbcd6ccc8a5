//! `inventory_observe`: a source says what it sees. It never changes what a person said.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::provenance::accept_source;
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Shape};
use labkeeper_core::nearest::nearest;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{StoreError, WriteTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Record what a source sees of known items: shown where nothing was said, drift where it differs. With `complete` items it saw before and
/// does not see now are marked missing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryObserve {
    /// `proxmox:<cluster>`, `docker:<guest>`, `scan:<cidr>`, `agent:<name>` or `import`.
    pub source: String,
    /// What it sees.
    pub sightings: Vec<SightingInput>,
    /// This is everything the source can see.
    #[serde(default)]
    pub complete: bool,
}

/// One sighting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SightingInput {
    /// The item, when known by id.
    #[serde(default)]
    pub id: Option<ItemId>,
    /// What identifies it: `{"mac": "bc:24:…", "serial": "…", "pve": "home/101"}`. New identities are remembered.
    #[serde(default)]
    pub identities: Map<String, Value>,
    /// Field values in the item's own field names.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Observed {
    /// Items seen.
    pub seen: Vec<ItemRef>,
    /// Sightings that match no known item, by position.
    pub unknown: Vec<usize>,
    /// Items marked missing.
    pub missing: u64,
}

impl Operation for InventoryObserve {
    type Output = Observed;
    const META: Meta = Meta::write("inventory_observe", "Record what a source sees", Toolset::Inventory)
        .idempotent()
        .routes(&[Route::post("/api/observations")]);

    async fn plan(&self, _: &mut Cx) -> Result<Plan, Fault> {
        accept_source(&self.source).map_err(|wants| Fault::invalid("source", format!("source {wants}")))?;
        Ok(Plan::allow(format!("record {} sightings by {}", self.sightings.len(), self.source)))
    }

    async fn run(self, cx: &mut Cx) -> Result<Observed, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let mut seen = Vec::new();
        let mut unknown = Vec::new();
        for (index, sighting) in self.sightings.iter().enumerate() {
            let Some(item) = resolve(tx, sighting).await? else {
                unknown.push(index);
                continue;
            };
            record(tx, &item, sighting, &self.source, at).await?;
            seen.push(item.reference());
        }
        let missing = if self.complete { tx.mark_missing(&self.source, at).await? } else { 0 };
        Ok(Observed { seen, unknown, missing })
    }
}

async fn resolve(tx: &mut WriteTx, sighting: &SightingInput) -> Result<Option<Item>, Fault> {
    if let Some(id) = sighting.id {
        return tx
            .item(id)
            .await?
            .map(Some)
            .ok_or_else(|| Fault::not_found(format!("there is no item {id}")));
    }
    for (scheme, value) in &sighting.identities {
        let value = identity(scheme, value)?;
        if let Some(id) = tx.item_by_identity(scheme, &value).await? {
            return Ok(tx.item(id).await?);
        }
    }
    Ok(None)
}

fn identity(scheme: &str, value: &Value) -> Result<String, Fault> {
    const SCHEMES: [&str; 5] = ["mac", "serial", "machine-id", "pve", "docker"];
    if !SCHEMES.contains(&scheme) {
        return Err(Fault::invalid(
            "identities",
            format!("identities: \"{scheme}\" is none of {}", SCHEMES.join(", ")),
        ));
    }
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| {
        Fault::invalid("identities", format!("identities: {scheme} wants text, not {value}"))
    })?;
    if scheme == "mac" {
        return labkeeper_core::inventory::address::mac(text)
            .map_err(|wants| Fault::invalid("identities", format!("identities: mac {wants}")));
    }
    Ok(text.trim().into())
}

async fn record(
    tx: &mut WriteTx,
    item: &Item,
    sighting: &SightingInput,
    source: &str,
    at: Stamp,
) -> Result<(), Fault> {
    for (scheme, value) in &sighting.identities {
        let value = identity(scheme, value)?;
        tx.identify(item.id, scheme, &value).await.map_err(|error| match error {
            StoreError::Duplicate => Fault::new(
                labkeeper_core::fault::Code::Conflict,
                format!("{scheme} {value} already identifies another item than {}", item.name),
            )
            .with_field("identities")
            .with_hint("merge the two items or leave this identity out"),
            other => other.into(),
        })?;
    }
    note(tx, item, &sighting.fields, source, at).await
}

/// Notes that a source sees the item, with those values of its fields.
///
/// # Errors
/// When a field is none that a source can see of such an item, or its value is not acceptable.
pub(crate) async fn note(
    tx: &mut WriteTx,
    item: &Item,
    fields: &Map<String, Value>,
    source: &str,
    at: Stamp,
) -> Result<(), Fault> {
    let spec = item.kind.spec();
    for (name, value) in fields {
        let stored = match spec.field(name).map(|field| field.shape) {
            Some(Shape::LongText | Shape::Markdown | Shape::Icon) | None if name != spec.name_field => {
                let known = spec.fields.iter().map(|field| field.name);
                let fault = Fault::invalid(
                    format!("fields.{name}"),
                    format!("a source cannot see \"{name}\" of a {}", spec.label),
                );
                return Err(match nearest(name, known) {
                    Some(near) => fault.with_hint(format!("did you mean \"{near}\"?")),
                    None => fault,
                });
            }
            Some(shape) => shape
                .accept(value)
                .map_err(|wants| Fault::invalid(format!("fields.{name}"), format!("{name} {wants}")))?,
            None => json!(value),
        };
        if !stored.is_null() {
            tx.observe(item.id, name, source, &stored, at).await?;
        }
    }
    tx.sighted(item.id, source, at).await?;
    Ok(())
}
