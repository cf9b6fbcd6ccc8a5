//! `inventory_list`: the items of a kind.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_store::{Stretch, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::page::{Page, Span};
use super::rows::{Row, nest_shares};
use super::selection::{Selection, known_names, split};
use super::show::LinkView;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the inventory items of one kind. Use `fields` and `limit` to keep the answer small, `inventory_search` to find something.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryList {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// At most so many rows; all when left out.
    #[serde(default)]
    pub limit: Option<usize>,
    /// Skip so many rows.
    #[serde(default)]
    pub offset: Option<usize>,
    /// Go on after the page whose answer had this as `next_cursor`.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Field names, `-` for descending: `-updated_at,name`.
    #[serde(default)]
    pub sort: Option<String>,
    /// Only rows with this text in any value.
    #[serde(default)]
    pub q: Option<String>,
    /// Only rows with these values: `{"os": "debian", "tag": "prod", "parent": "12"}`.
    #[serde(default)]
    pub filter: Map<String, Value>,
    /// Only these fields, separated by commas; `id` is always there.
    #[serde(default)]
    pub fields: Option<String>,
    /// Also `links`, `drift` and `health` of each row, separated by commas. Health is whether it answered when it was last
    /// watched, and since when.
    #[serde(default)]
    pub include: Option<String>,
}

/// Rows and how many match in all.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listing {
    /// Rows of this page.
    pub data: Vec<Row>,
    /// How many rows match, on all pages.
    pub count: usize,
    /// Pass as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl Operation for InventoryList {
    type Output = Listing;
    const META: Meta = Meta::read("inventory_list", "List items", Toolset::Inventory)
        .cacheable()
        .routes(&[Route::get("/api/{type}").rest_query("filter")]);

    async fn run(self, cx: &mut Cx) -> Result<Listing, Fault> {
        let fields = self.fields.as_deref();
        let fields = fields.map(|text| split(text, "fields", &known_names(self.kind))).transpose()?;
        let include = self
            .include
            .as_deref()
            .map(|text| split(text, "include", &["links", "drift", "health"]))
            .transpose()?;
        let selection = Selection::new(self.kind, self.filter, self.q.as_deref(), self.sort.as_deref())?;
        let span = Span::new(self.cursor.as_deref(), self.offset, self.limit)?;
        let mut view = cx.snapshot().await?;
        let Page { rows: mut page, skip, count } = Page::read(&mut view, self.kind, &selection, span).await?;
        let end = skip + page.len();
        let last = page.last().filter(|_| end < count).and_then(|row| row.get("id"));
        let next_cursor = last.map(|id| Span::cursor(end, id));
        if let Some(include) = include {
            attach(&mut view, &mut page, &include).await?;
        }
        if self.kind == Kind::Storage && fields.is_none() {
            nest_shares(&mut view, &mut page).await?;
        }
        if let Some(fields) = fields {
            for row in &mut page {
                row.retain(|name, _| {
                    ["id", "links", "drift", "health"].contains(&name.as_str()) || fields.contains(name)
                });
            }
        }
        Ok(Listing { data: page, count, next_cursor })
    }
}

async fn attach(view: &mut View, rows: &mut [Row], include: &[String]) -> Result<(), Fault> {
    let wanted = |name: &str| include.iter().any(|included| included == name);
    let id_of = |row: &Row| row.get("id").and_then(Value::as_i64).unwrap_or_default();
    if wanted("links") {
        let ids: Vec<ItemId> = rows.iter().map(id_of).collect();
        let links = view.links_of_all(&ids).await?;
        let links = LinkView::all(view, links).await?;
        for row in &mut *rows {
            let id = id_of(row);
            let own = links.iter().filter(|link| link.from.id == id || link.to.id == id);
            row.insert("links".into(), json!(own.collect::<Vec<_>>()));
        }
    }
    if wanted("health") {
        let now = view.reachability_now().await?;
        let now: HashMap<ItemId, Stretch> =
            now.into_iter().map(|stretch| (stretch.item_id, stretch)).collect();
        for row in &mut *rows {
            let health = now.get(&id_of(row));
            let health = health.map(|stretch| json!({"alive": stretch.alive, "since": stretch.since.text()}));
            row.insert("health".into(), health.into());
        }
    }
    if wanted("drift") {
        for row in rows {
            let drift = crate::facts::drift_of(view, id_of(row)).await?;
            row.insert("drift".into(), json!(drift));
        }
    }
    Ok(())
}
