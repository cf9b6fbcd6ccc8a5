//! `inventory_show`: everything the hub knows about one item, on one page.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::network::Networks;
use labkeeper_core::inventory::row::asserted;
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind, Link, Rel, address};
use labkeeper_store::{ItemFilter, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::rows::{Row, freshest, row_of};
use crate::cx::Cx;
use crate::facts::{Drift, drift_of};
use crate::operation::{Meta, Operation, Route, Toolset};

/// Read everything the hub knows about one item: fields with their source, relations both ways, networks,
/// what stands on it, drift.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryShow {
    /// Which item, of any kind.
    pub id: ItemId,
}

/// A link with its ends named.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkView {
    /// Id.
    pub id: i64,
    /// What it means.
    pub rel: Rel,
    /// From.
    pub from: ItemRef,
    /// To.
    pub to: ItemRef,
    /// Label.
    pub label: Option<String>,
    /// Facts of the link.
    pub data: Option<Value>,
    /// Who says so.
    pub source: String,
}

impl LinkView {
    /// Names the ends of a link.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(view: &mut View, link: Link) -> Result<Self, Fault> {
        Self::all(view, vec![link]).await?.pop().ok_or_else(|| Fault::internal(&"a link without its ends"))
    }

    /// The same for many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn all(view: &mut View, links: Vec<Link>) -> Result<Vec<Self>, Fault> {
        let ids: Vec<ItemId> = links.iter().flat_map(|link| [link.from_id, link.to_id]).collect();
        let names: HashMap<ItemId, ItemRef> =
            view.references(&ids).await?.into_iter().map(|item| (item.id, item)).collect();
        Ok(links
            .into_iter()
            .filter_map(|link| {
                Some(Self {
                    id: link.id,
                    rel: link.rel,
                    from: names.get(&link.from_id)?.clone(),
                    to: names.get(&link.to_id)?.clone(),
                    label: link.label,
                    data: link.data,
                    source: link.source,
                })
            })
            .collect())
    }
}

/// One value of a field and where it comes from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fact {
    /// Field.
    pub field: String,
    /// Value.
    pub value: Value,
    /// `asserted`, or the source that saw it.
    pub source: String,
    /// When it was last seen; absent for asserted values.
    pub seen_at: Option<String>,
    /// Whether this value is the one that is shown.
    pub shown: bool,
}

/// A network the item is on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OnNetwork {
    /// The network.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: String,
    /// Said explicitly, rather than computed from an address.
    pub explicit: bool,
    /// Who said so: `asserted` by a person, `address` when it follows from an address, else the source that saw it, such as
    /// `proxmox:home`.
    pub source: String,
    /// The address there.
    pub ip: Option<String>,
}

/// A source that no longer sees the item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Missing {
    /// Which source.
    pub source: String,
    /// Since when.
    pub since: String,
}

/// Everything about an item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Shown {
    /// Kind.
    pub kind: Kind,
    /// The row.
    pub row: Row,
    /// What it stands on, nearest first.
    pub parents: Vec<ItemRef>,
    /// What stands on it.
    pub children: Vec<ItemRef>,
    /// Links that start here, parents left out.
    pub links: Vec<LinkView>,
    /// Links that end here, children left out.
    pub backlinks: Vec<LinkView>,
    /// Networks it is on.
    pub networks: Vec<OnNetwork>,
    /// Every known value with its source.
    pub facts: Vec<Fact>,
    /// Differences between what is asserted and what is seen.
    pub drift: Vec<Drift>,
    /// Sources that no longer see it.
    pub missing: Vec<Missing>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ShownAnswer {
    /// Everything about the item.
    pub data: Shown,
}

impl Operation for InventoryShow {
    type Output = ShownAnswer;
    const META: Meta = Meta::read("inventory_show", "Show an item with its relations", Toolset::Inventory)
        .cacheable()
        .routes(&[Route::get("/api/items/{id}")]);

    async fn run(self, cx: &mut Cx) -> Result<ShownAnswer, Fault> {
        let mut view = cx.snapshot().await?;
        let item = view
            .item(self.id)
            .await?
            .ok_or_else(|| Fault::not_found(format!("there is no item {}", self.id)))?;
        let row = row_of(&mut view, &item).await?;
        let links = view.links_of(item.id).await?;
        let networks = networks(&mut view, &item, &row, &links).await?;
        let children = view.children_of(&[item.id]).await?;
        let mut children = view.references(&children).await?;
        children.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        let (out, back): (Vec<Link>, Vec<Link>) = links
            .into_iter()
            .filter(|link| link.rel != Rel::Parent)
            .partition(|link| link.from_id == item.id);
        Ok(ShownAnswer {
            data: Shown {
                kind: item.kind,
                parents: ancestors(&mut view, item.id).await?,
                children,
                links: LinkView::all(&mut view, out).await?,
                backlinks: LinkView::all(&mut view, back).await?,
                networks,
                facts: facts(&mut view, &item).await?,
                drift: drift_of(&mut view, item.id).await?,
                missing: missing(&mut view, item.id).await?,
                row,
            },
        })
    }
}

async fn ancestors(view: &mut View, id: ItemId) -> Result<Vec<ItemRef>, Fault> {
    let chain = view.ancestors(id).await?;
    let mut named = view.references(&chain).await?;
    named.sort_by_key(|item| chain.iter().position(|id| *id == item.id));
    Ok(named)
}

async fn networks(view: &mut View, item: &Item, row: &Row, links: &[Link]) -> Result<Vec<OnNetwork>, Fault> {
    let known = Networks::new(&view.items(ItemFilter::Kind(Kind::Networks)).await?);
    let mut on: Vec<OnNetwork> = Vec::new();
    for link in links.iter().filter(|link| link.rel == Rel::MemberOf && link.from_id == item.id) {
        if let Some(net) = known.get(link.to_id) {
            let ip = link.data.as_ref().and_then(|data| data.get("ip_on_network")).and_then(Value::as_str);
            on.push(OnNetwork {
                id: net.id,
                name: net.name.clone(),
                color: net.color.clone(),
                explicit: true,
                source: link.source.clone(),
                ip: ip.map(str::to_string),
            });
        }
    }
    let addresses = address::stored(row.get("addresses"));
    let listed = addresses.iter().filter_map(|address| Some((address.ip.clone()?, address.network_id)));
    let shown = item.kind.spec().address_field().and_then(|name| row.get(name)).and_then(Value::as_str);
    let shown = shown
        .map(|ip| (ip.to_string(), None))
        .filter(|(ip, _)| !addresses.iter().any(|a| a.ip.as_ref() == Some(ip)));
    for (ip, explicit) in listed.chain(shown) {
        let net = explicit.and_then(|id| known.get(id)).or_else(|| known.containing(&ip));
        if let Some(net) = net.filter(|net| !on.iter().any(|known| known.id == net.id)) {
            let (name, color) = (net.name.clone(), net.color.clone());
            let is_said = explicit.is_some();
            let source = if is_said { "asserted" } else { "address" }.to_string();
            on.push(OnNetwork { id: net.id, name, color, explicit: is_said, source, ip: Some(ip) });
        }
    }
    Ok(on)
}

async fn facts(view: &mut View, item: &Item) -> Result<Vec<Fact>, Fault> {
    let observations = view.observations(Some(item.id)).await?;
    let best = freshest(observations.clone()).remove(&item.id).unwrap_or_default();
    let parent = view.parents_of(&[item.id]).await?.first().map(|(_, kind, id)| (*kind, *id));
    let spec = item.kind.spec();
    let names = std::iter::once(spec.name_field).chain(spec.fields.iter().map(|field| field.name));
    let mut facts: Vec<Fact> = names
        .filter_map(|name| Some((name, asserted(item, parent, name)?)))
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| Fact {
            field: name.into(),
            value,
            source: "asserted".into(),
            seen_at: None,
            shown: true,
        })
        .collect();
    for observation in observations {
        let is_asserted =
            facts.iter().any(|fact| fact.field == observation.field && fact.source == "asserted");
        let is_best = best.get(&observation.field) == Some(&observation.value);
        facts.push(Fact {
            field: observation.field,
            value: observation.value,
            source: observation.source,
            seen_at: Some(observation.seen_at.text()),
            shown: !is_asserted && is_best,
        });
    }
    Ok(facts)
}

async fn missing(view: &mut View, id: ItemId) -> Result<Vec<Missing>, Fault> {
    let sightings = view.sightings(Some(id)).await?;
    Ok(sightings
        .into_iter()
        .filter_map(|sighting| {
            Some(Missing { since: sighting.missing_since?.text(), source: sighting.source })
        })
        .collect())
}
