//! `map_graph`: nodes and edges in the predecessor's shape.

use std::collections::{HashMap, HashSet};

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::address;
use labkeeper_core::inventory::link::parent_label;
use labkeeper_core::inventory::network::{Net, Networks};
use labkeeper_core::inventory::row::shown;
use labkeeper_core::inventory::{Item, ItemId, Kind, Link, Rel};
use labkeeper_store::ItemFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::cx::Cx;
use crate::inventory::rows::{Observed, freshest};
use crate::operation::{Meta, Operation, Route, Toolset};

/// Read the map: every item but networks and documents as a node, every relation as an edge.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapGraph {}

/// Nodes and edges; each has its facts under `data`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Graph {
    /// Nodes: `{data: {id, label, type, entity_id, rawName, rank, icon?, imageIcon?, address?, networkId?,
    /// networkIds?, …}}`.
    pub nodes: Vec<Element>,
    /// Edges: `{data: {source, target, label, rel, id?, manual?}}`.
    pub edges: Vec<Element>,
}

/// A node or an edge.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Element {
    /// Its facts.
    pub data: Map<String, Value>,
}

impl Operation for MapGraph {
    type Output = Graph;
    const META: Meta = Meta::read("map_graph", "Read the map", Toolset::Inventory)
        .cacheable()
        .routes(&[Route::get("/api/map/graph")]);

    async fn run(self, cx: &mut Cx) -> Result<Graph, Fault> {
        let mut view = cx.snapshot().await?;
        let items = view.items(ItemFilter::All).await?;
        let observed = freshest(view.observations(None).await?);
        let links = view.links(None).await?;
        Ok(draw(&items, &observed, &links))
    }
}

fn draw(everything: &[Item], observed: &Observed, links: &[Link]) -> Graph {
    let networks = Networks::new(everything);
    let mut member_of: HashMap<ItemId, Vec<ItemId>> = HashMap::new();
    for link in links.iter().filter(|link| link.rel == Rel::MemberOf) {
        member_of.entry(link.from_id).or_default().push(link.to_id);
    }
    let items: HashMap<ItemId, &Item> = everything.iter().map(|item| (item.id, item)).collect();
    let nodes: Vec<Element> = everything
        .iter()
        .filter(|item| !matches!(item.kind, Kind::Networks | Kind::Documents))
        .map(|item| {
            let said = member_of.get(&item.id).map_or(&[][..], Vec::as_slice);
            Element { data: node(item, observed.get(&item.id), said, &networks) }
        })
        .collect();
    let drawn: HashSet<ItemId> =
        everything.iter().filter(|item| item.kind != Kind::Documents).map(|item| item.id).collect();
    let edges = links
        .iter()
        .filter(|link| {
            link.rel != Rel::MemberOf && drawn.contains(&link.from_id) && drawn.contains(&link.to_id)
        })
        .map(|link| Element { data: edge(link, &items) })
        .collect();
    Graph { nodes, edges }
}

fn node_id(item: &Item) -> String {
    format!("{}-{}", item.kind.key(), item.id)
}

fn node(
    item: &Item,
    observed: Option<&Map<String, Value>>,
    said: &[ItemId],
    networks: &Networks,
) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("id".into(), node_id(item).into());
    data.insert("label".into(), item.name.clone().into());
    data.insert("type".into(), item.kind.key().into());
    data.insert("entity_id".into(), item.id.into());
    data.insert("rawName".into(), item.name.clone().into());
    data.insert("rank".into(), item.kind.spec().rank.into());
    match shown(item, observed, "icon").as_ref().and_then(Value::as_str) {
        Some(icon) if icon.starts_with("/api/icons/") => {
            data.insert("imageIcon".into(), icon.into());
            data.insert("label".into(), "".into());
        }
        Some(icon) if icon.contains(':') => {
            data.insert("icon".into(), icon.into());
        }
        Some(icon) => {
            data.insert("icon".into(), icon.into());
            data.insert("label".into(), icon.into());
        }
        None => {}
    }
    let address = item.kind.spec().address_field().and_then(|field| shown(item, observed, field));
    let address = address.as_ref().and_then(Value::as_str);
    if let Some(address) = address {
        data.insert("address".into(), address.into());
    }
    let on = memberships(item, address, said, networks);
    // Who is in several is drawn in the first.
    if let Some(net) = on.first() {
        data.insert("networkId".into(), net.id.into());
        data.insert("networkName".into(), net.name.clone().into());
        data.insert("networkColor".into(), net.color.clone().into());
        data.insert("networkIds".into(), on.iter().map(|net| net.id).collect());
    }
    if item.kind == Kind::Shares {
        data.insert("shareType".into(), shown(item, observed, "share_type").unwrap_or(Value::Null));
    }
    data
}

/// The networks an item is in: those that somebody said, then those that its addresses lie in.
fn memberships<'a>(
    item: &Item,
    address: Option<&str>,
    said: &[ItemId],
    networks: &'a Networks,
) -> Vec<&'a Net> {
    let addresses = address::stored(item.fields.get("addresses"));
    let listed = addresses.iter().filter_map(|one| {
        let named = one.network_id.and_then(|id| networks.get(id));
        named.or_else(|| networks.containing(one.ip.as_deref()?))
    });
    let by_address = address.and_then(|ip| networks.containing(ip));
    let mut on: Vec<&Net> = Vec::new();
    for net in said.iter().filter_map(|id| networks.get(*id)).chain(by_address).chain(listed) {
        if !on.iter().any(|known| known.id == net.id) {
            on.push(net);
        }
    }
    on
}

fn edge(link: &Link, items: &HashMap<ItemId, &Item>) -> Map<String, Value> {
    let (from, to) = (items[&link.from_id], items[&link.to_id]);
    // The predecessor draws from the thing that carries to the thing that stands on it.
    let (source, target) = if link.rel == Rel::Parent { (to, from) } else { (from, to) };
    let share_type = from.fields.get("share_type").and_then(Value::as_str);
    let label = match link.rel {
        Rel::Parent => parent_label(from.kind, share_type),
        Rel::Related | Rel::Edge => link.label.clone().unwrap_or_default(),
        rel => link.label.clone().unwrap_or_else(|| rel.as_str().replace('_', " ")),
    };
    let mut data = Map::new();
    data.insert("id".into(), link.id.into());
    data.insert("source".into(), node_id(source).into());
    data.insert("target".into(), node_id(target).into());
    data.insert("label".into(), label.into());
    data.insert("rel".into(), json!(link.rel));
    if link.rel == Rel::Edge {
        data.insert("manual".into(), true.into());
    }
    data
}
