//! `resources/list` and `resources/templates/list`: the overview, then every item, page by page.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use labkeeper_ops::keeper::Keeper;
use rmcp::ErrorData;
use rmcp::model::{ListResourcesResult, Resource, ResourceTemplate};
use serde_json::{Value, json};

use crate::lab_uri::LabUri;
use crate::overview::ask;
use crate::reading::{JSON, MARKDOWN, TEXT};

/// Items on a page.
const PAGE: usize = 200;

/// One page of resources. The cursor says where it begins: `vms.200`.
pub(crate) async fn page(
    keeper: &Keeper,
    actor: &Actor,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, ErrorData> {
    let (mut at, mut skip) = match cursor {
        None => (0, 0),
        Some(cursor) => {
            parse(cursor).ok_or_else(|| ErrorData::invalid_params("no list gave that cursor", None))?
        }
    };
    let mut resources = Vec::new();
    if cursor.is_none() {
        resources.push(
            Resource::new(LabUri::Overview.to_string(), "overview")
                .with_title("The lab at a glance")
                .with_description("What there is, what disagrees with what was seen, what changed last.")
                .with_mime_type(JSON),
        );
    }
    while let Some(kind) = order().get(at).copied() {
        let room = PAGE.saturating_sub(resources.len());
        let (names, count) = named(keeper, actor, kind, skip, room).await.map_err(|fault| failed(&fault))?;
        skip += names.len();
        resources.extend(names.into_iter().map(|(id, name)| resource(kind, id, name)));
        if skip < count {
            let next = format!("{}.{skip}", kind.key());
            return Ok(ListResourcesResult {
                next_cursor: Some(next),
                ..ListResourcesResult::with_all_items(resources)
            });
        }
        (at, skip) = (at + 1, 0);
    }
    Ok(ListResourcesResult::with_all_items(resources))
}

/// Every shape a name can have.
pub fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(LabUri::ITEM, "item")
            .with_title("An inventory item")
            .with_description("Fields with their sources, relations both ways, networks, drift.")
            .with_mime_type(JSON),
        ResourceTemplate::new(LabUri::DOC, "doc")
            .with_title("A document")
            .with_description("A page of the lab's documentation.")
            .with_mime_type(MARKDOWN),
        ResourceTemplate::new(LabUri::CHANGE, "change")
            .with_title("A change")
            .with_description("What one change altered, field by field, and whether it was taken back.")
            .with_mime_type(JSON),
        ResourceTemplate::new(LabUri::GUEST, "guest")
            .with_title("A guest of Proxmox")
            .with_description("State, resources, addresses and configuration, as its node tells them now.")
            .with_mime_type(JSON),
        ResourceTemplate::new(LabUri::OUTPUT, "output")
            .with_title("The rest of an output")
            .with_description(
                "What of a long output was not answered; kept for an hour, for whoever got the answer.",
            )
            .with_mime_type(TEXT),
        ResourceTemplate::new(LabUri::OUTPUT_FROM, "output-from")
            .with_title("A part of an output")
            .with_description("The same from that byte on; 0 is the beginning.")
            .with_mime_type(TEXT),
    ]
}

/// Ids and names of a kind from `skip` on, at most `room`, and how many there are in all.
pub(crate) async fn named(
    keeper: &Keeper,
    actor: &Actor,
    kind: Kind,
    skip: usize,
    room: usize,
) -> Result<(Vec<(i64, String)>, usize), Fault> {
    let name = kind.spec().name_field;
    let input = json!({"type": kind.key(), "fields": name, "sort": "id", "offset": skip, "limit": room});
    let listed = ask(keeper, actor, "inventory_list", input).await?;
    let rows = listed["data"].as_array().into_iter().flatten();
    let names = rows.filter_map(|row| Some((row["id"].as_i64()?, row[name].as_str()?.to_string()))).collect();
    Ok((names, listed["count"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(0)))
}

/// Documents first: they are what a reader wants.
fn order() -> [Kind; 9] {
    let mut kinds = Kind::ALL;
    kinds.rotate_right(1);
    kinds
}

fn parse(cursor: &str) -> Option<(usize, usize)> {
    let (kind, skip) = cursor.split_once('.')?;
    let kind = Kind::parse(kind)?;
    Some((order().iter().position(|known| *known == kind)?, skip.parse().ok()?))
}

fn resource(kind: Kind, id: i64, name: String) -> Resource {
    let mime = if kind == Kind::Documents { MARKDOWN } else { JSON };
    Resource::new(LabUri::of(kind, id).to_string(), name)
        .with_description(kind.spec().label)
        .with_mime_type(mime)
}

fn failed(fault: &Fault) -> ErrorData {
    let detail: Value = fault.to_json();
    ErrorData::internal_error(fault.message.clone(), Some(detail))
}
