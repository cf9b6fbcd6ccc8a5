//! Completions for kinds, ids, tags, changes, clusters and guests, wherever a prompt or a resource name asks for one.

use std::collections::{BTreeSet, HashMap};

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use labkeeper_ops::keeper::Keeper;
use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};
use serde_json::json;

use crate::lab_uri::LabUri;
use crate::listing::named;
use crate::overview::ask;

/// What the client could mean by what was typed so far. Ids are also found by the item's name.
pub(crate) async fn complete(
    keeper: &Keeper,
    actor: &Actor,
    params: &CompleteRequestParams,
) -> Result<CompletionInfo, ErrorData> {
    let chosen = params.context.as_ref().and_then(|context| context.arguments.clone()).unwrap_or_default();
    let typed = params.argument.value.to_lowercase();
    let found = match (about(&params.r#ref), params.argument.name.as_str()) {
        (Some(_), "kind") => Ok(kinds(&typed)),
        (Some(About::Item), "id") => ids(keeper, actor, chosen_kind(&chosen), &typed).await,
        (Some(About::Doc), "id") => ids(keeper, actor, Some(Kind::Documents), &typed).await,
        (Some(About::Change), "id") => changes(keeper, actor, &typed).await,
        (Some(About::Guest), "cluster" | "vmid") => {
            guests(keeper, actor, &params.argument.name, chosen.get("cluster"), &typed).await
        }
        (Some(About::Lab), "tag") => tags(keeper, actor, &typed).await,
        _ => Ok(Vec::new()),
    };
    let mut values =
        found.map_err(|fault| ErrorData::internal_error(fault.message.clone(), Some(fault.to_json())))?;
    let total = values.len();
    values.truncate(CompletionInfo::MAX_VALUES);
    let more = total > values.len();
    CompletionInfo::with_pagination(values, total.try_into().ok(), more)
        .map_err(|reason| ErrorData::internal_error(reason, None))
}

enum About {
    Item,
    Doc,
    Change,
    Guest,
    Lab,
}

fn about(reference: &Reference) -> Option<About> {
    match reference {
        Reference::Resource(template) => match template.uri.as_str() {
            LabUri::ITEM => Some(About::Item),
            LabUri::DOC => Some(About::Doc),
            LabUri::CHANGE => Some(About::Change),
            LabUri::GUEST => Some(About::Guest),
            _ => None,
        },
        Reference::Prompt(prompt) => match prompt.name.as_str() {
            "document_this_guest" | "explain_drift" => Some(About::Item),
            "morning_check" => Some(About::Lab),
            _ => None,
        },
        _ => None,
    }
}

fn chosen_kind(chosen: &HashMap<String, String>) -> Option<Kind> {
    chosen.get("kind").and_then(|kind| Kind::guess(kind))
}

fn kinds(typed: &str) -> Vec<String> {
    let keys = Kind::ALL.into_iter().map(Kind::key);
    keys.filter(|key| key.starts_with(typed)).map(str::to_string).collect()
}

async fn ids(keeper: &Keeper, actor: &Actor, kind: Option<Kind>, typed: &str) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|of| kind.is_none_or(|kind| kind == *of)) {
        let (names, _) = named(keeper, actor, kind, 0, 10_000).await?;
        let meant = names.into_iter().filter(|(id, name)| {
            id.to_string().starts_with(typed) || (!typed.is_empty() && name.to_lowercase().contains(typed))
        });
        found.extend(meant.map(|(id, _)| id.to_string()));
    }
    Ok(found)
}

async fn changes(keeper: &Keeper, actor: &Actor, typed: &str) -> Result<Vec<String>, Fault> {
    let newest = ask(keeper, actor, "changes_list", json!({"limit": 100})).await?;
    let ids = newest["data"].as_array().into_iter().flatten().filter_map(|change| change["id"].as_i64());
    Ok(ids.map(|id| id.to_string()).filter(|id| id.starts_with(typed)).collect())
}

/// Names of clusters or numbers of guests; a number is also found by the guest's name.
async fn guests(
    keeper: &Keeper,
    actor: &Actor,
    wanted: &str,
    cluster: Option<&String>,
    typed: &str,
) -> Result<Vec<String>, Fault> {
    let mut found = BTreeSet::new();
    for list in ["pct_list", "qm_list"] {
        let rows = ask(keeper, actor, list, json!({})).await?;
        for guest in rows["guests"].as_array().into_iter().flatten() {
            let text = |name: &str| guest[name].as_str().unwrap_or_default().to_owned();
            let (in_cluster, vmid) = (text("cluster"), guest["vmid"].to_string());
            if wanted == "cluster" {
                found.extend(in_cluster.to_lowercase().starts_with(typed).then_some(in_cluster));
            } else if cluster.is_none_or(|cluster| *cluster == in_cluster)
                && (vmid.starts_with(typed)
                    || (!typed.is_empty() && text("name").to_lowercase().contains(typed)))
            {
                found.insert(vmid);
            }
        }
    }
    Ok(found.into_iter().collect())
}

async fn tags(keeper: &Keeper, actor: &Actor, typed: &str) -> Result<Vec<String>, Fault> {
    let mut found = BTreeSet::new();
    for kind in Kind::ALL {
        let rows =
            ask(keeper, actor, "inventory_list", json!({"type": kind.key(), "fields": "tags"})).await?;
        let lists = rows["data"].as_array().into_iter().flatten().filter_map(|row| row["tags"].as_array());
        found.extend(lists.flatten().filter_map(|tag| tag.as_str().map(str::to_string)));
    }
    Ok(found.into_iter().filter(|tag| tag.to_lowercase().starts_with(typed)).collect())
}
