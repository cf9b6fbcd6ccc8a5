//! `inventory_list`: the items of a kind.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::order::SortKey;
use labkeeper_core::inventory::{ItemId, Kind, admit};
use labkeeper_core::nearest::nearest;
use labkeeper_store::{Stretch, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::rows::{Row, nest_shares, rows_of, rows_of_kind};
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
        let names = known_names(self.kind);
        let sort = parse_sort(self.sort.as_deref().or(default_sort(self.kind)), &names)?;
        let fields = self.fields.as_deref().map(|text| split(text, "fields", &names)).transpose()?;
        let include = self
            .include
            .as_deref()
            .map(|text| split(text, "include", &["links", "drift", "health"]))
            .transpose()?;
        self.filter.keys().try_for_each(|name| check_filter(name, &names))?;
        let mut view = cx.snapshot().await?;
        let q = self.q.as_deref().filter(|q| !q.is_empty()).map(str::to_lowercase);
        let cursor = self.cursor.as_deref().map(parse_cursor).transpose()?;
        let is_of_all = self.filter.is_empty() && q.is_none() && sort.is_empty();
        let Page { rows: mut page, skip, count } = match self.limit.filter(|_| is_of_all) {
            Some(most) => page_of_all(&mut view, self.kind, cursor, self.offset, most).await?,
            None => {
                let mut rows: Vec<Row> =
                    rows_of_kind(&mut view, self.kind).await?.into_iter().map(|(_, row)| row).collect();
                rows.retain(|row| self.filter.iter().all(|(name, wanted)| matches(row, name, wanted)));
                if let Some(q) = q {
                    rows.retain(|row| row.iter().any(|(name, value)| name != "icon" && contains(value, &q)));
                }
                order(&mut rows, &sort);
                let count = rows.len();
                let skip = cursor.map(|after| position_after(&rows, after)).or(self.offset).unwrap_or(0);
                let page = rows.into_iter().skip(skip).take(self.limit.unwrap_or(usize::MAX));
                Page { rows: page.collect(), skip, count }
            }
        };
        let end = skip + page.len();
        let last = page.last().filter(|_| end < count).and_then(|row| row.get("id"));
        let next_cursor = last.map(|id| format!("after-{end}-{id}"));
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

/// Some of the rows that match, how many come before them, and how many match in all.
struct Page {
    rows: Vec<Row>,
    skip: usize,
    count: usize,
}

/// Where everything matches, in the order of ids, only what is shown is read.
async fn page_of_all(
    view: &mut View,
    kind: Kind,
    cursor: Option<(usize, ItemId)>,
    offset: Option<usize>,
    most: usize,
) -> Result<Page, Fault> {
    let skip = match cursor {
        None => offset.unwrap_or(0),
        Some((came_before, last)) => match view.item(last).await? {
            Some(item) if item.kind == kind => view.count_of(kind, Some(last)).await?,
            _ => came_before.saturating_sub(1),
        },
    };
    let items = view.items_page(kind, skip, most).await?;
    Ok(Page { rows: rows_of(view, &items).await?, skip, count: view.count_of(kind, None).await? })
}

/// Documents come in the order people gave them, as in the predecessor.
fn default_sort(kind: Kind) -> Option<&'static str> {
    (kind == Kind::Documents).then_some("sort_order,id")
}

fn known_names(kind: Kind) -> Vec<&'static str> {
    let mut names = admit::known_names(kind.spec());
    for name in ["id", "created_at", "updated_at", "rev", "name"] {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn check(field: &str, name: &str, known: &[&str]) -> Result<(), Fault> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(pointing(Fault::invalid(field, format!("{field}: there is no \"{name}\"")), name, known))
}

/// Over REST a filter is a parameter like the others, and may be one of those misspelt.
fn check_filter(name: &str, names: &[&str]) -> Result<(), Fault> {
    let known = [names, &["tag", "parent"]].concat();
    if known.contains(&name) {
        return Ok(());
    }
    let own = ["limit", "offset", "cursor", "sort", "q", "fields", "include"];
    let fault = Fault::invalid(name, format!("there is no field \"{name}\" to filter by"));
    Err(pointing(fault, name, &[known.as_slice(), &own].concat()))
}

/// With what was probably meant.
fn pointing(fault: Fault, name: &str, known: &[&str]) -> Fault {
    match nearest(name, known.iter().copied()) {
        Some(near) => fault.with_hint(format!("did you mean \"{near}\"?")),
        None => fault.with_hint(format!("one of {}", known.join(", "))),
    }
}

fn split(text: &str, field: &str, known: &[&str]) -> Result<Vec<String>, Fault> {
    let names: Vec<String> =
        text.split(',').map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect();
    for name in &names {
        check(field, name, known)?;
    }
    Ok(names)
}

fn parse_sort(text: Option<&str>, known: &[&str]) -> Result<Vec<(String, bool)>, Fault> {
    let mut keys = Vec::new();
    for part in text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        check("sort", name, known)?;
        keys.push((name.to_string(), descending));
    }
    Ok(keys)
}

/// How many rows came before, and the id of the last of them.
fn parse_cursor(text: &str) -> Result<(usize, i64), Fault> {
    let after = text.strip_prefix("after-").and_then(|after| after.split_once('-'));
    after.and_then(|(rows, id)| Some((rows.parse().ok()?, id.parse().ok()?))).ok_or_else(|| {
        Fault::invalid("cursor", "cursor is not one that this list gave")
            .with_hint("take next_cursor of the page before")
    })
}

/// Where the next page begins: behind the row that was the last, wherever it is now. When it is gone, so is one of those
/// that came before; a row shown twice is better than one left out.
fn position_after(rows: &[Row], (came_before, last): (usize, i64)) -> usize {
    let last = rows.iter().position(|row| row.get("id").and_then(Value::as_i64) == Some(last));
    last.map_or(came_before.saturating_sub(1), |position| position + 1)
}

fn order(rows: &mut Vec<Row>, sort: &[(String, bool)]) {
    if sort.is_empty() {
        return;
    }
    let mut keyed: Vec<(Vec<SortKey>, Row)> = rows
        .drain(..)
        .map(|row| {
            (sort.iter().map(|(name, _)| SortKey::of(row.get(name).unwrap_or(&Value::Null))).collect(), row)
        })
        .collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let mut pairs = a.iter().zip(b).zip(sort);
        pairs
            .find_map(|((a, b), (_, down))| Some(a.compare(b, *down)).filter(|o| o.is_ne()))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

fn matches(row: &Row, name: &str, wanted: &Value) -> bool {
    let text = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_string).to_lowercase();
    match name {
        "tag" | "tags" => {
            let tags = row.get("tags").and_then(Value::as_array);
            tags.is_some_and(|tags| {
                tags.iter().any(|tag| tag.as_str().is_some_and(|tag| tag.to_lowercase() == text))
            })
        }
        "parent" => {
            let wanted: Option<i64> = text.parse().ok();
            wanted.is_some()
                && PARENT_FIELDS.iter().any(|field| row.get(*field).and_then(Value::as_i64) == wanted)
        }
        name => match row.get(name) {
            Some(Value::String(value)) if text.is_empty() => value.is_empty(),
            Some(Value::String(value)) => value.to_lowercase().contains(&text),
            Some(Value::Null) | None => matches!(text.as_str(), "" | "null"),
            Some(other) => other.to_string().trim_end_matches(".0") == text.trim_end_matches(".0"),
        },
    }
}

const PARENT_FIELDS: [&str; 5] = ["hardware_id", "vm_id", "container_id", "storage_id", "parent_id"];

fn contains(value: &Value, q: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(q),
        Value::Number(number) => number.to_string().contains(q),
        Value::Array(list) => list.iter().any(|value| contains(value, q)),
        Value::Object(map) => map.values().any(|value| contains(value, q)),
        _ => false,
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
