//! `resources/read`: the page behind a name.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_ops::keeper::Keeper;
use labkeeper_ops::outputs::OutputId;
use rmcp::ErrorData;
use rmcp::model::{CacheScope, ReadResourceResult, ResourceContents};
use serde_json::{Value, json};

use crate::lab_uri::LabUri;
use crate::marks::marked;
use crate::overview::{ask, overview};

/// Type of everything that is no document.
pub(crate) const JSON: &str = "application/json";
/// Type of an output.
pub(crate) const TEXT: &str = "text/plain";
/// Type of a document.
pub(crate) const MARKDOWN: &str = "text/markdown";

/// Reads a resource.
pub(crate) async fn read(keeper: &Keeper, actor: &Actor, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let contents = contents(keeper, actor, uri).await?;
    Ok(ReadResourceResult::new(vec![contents]).with_ttl_ms(0).with_cache_scope(CacheScope::Private))
}

/// What stands under that name.
pub(crate) async fn contents(
    keeper: &Keeper,
    actor: &Actor,
    uri: &str,
) -> Result<ResourceContents, ErrorData> {
    let Some(parsed) = LabUri::parse(uri) else { return Err(absent(uri)) };
    let page = match &parsed {
        LabUri::Overview => overview(keeper, actor).await,
        LabUri::Item(kind, id) => item(keeper, actor, *kind, *id).await,
        LabUri::Doc(id) => ask(keeper, actor, "inventory_get", json!({"type": "documents", "id": id})).await,
        LabUri::Change(id) => change(keeper, actor, *id).await,
        LabUri::Guest(cluster, vmid) => {
            ask(keeper, actor, "describe_guest", json!({"cluster": cluster, "vmid": vmid})).await
        }
        LabUri::Output(id, from) => output(keeper, actor, *id, *from).await,
    };
    match page {
        Ok(Value::Null) => Err(absent(uri)),
        Ok(page) => Ok(match parsed {
            LabUri::Doc(_) => ResourceContents::text(markdown(&page["data"]), uri).with_mime_type(MARKDOWN),
            LabUri::Output(..) => ResourceContents::text(told(&page)?, uri).with_mime_type(TEXT),
            _ => ResourceContents::text(page.to_string(), uri).with_mime_type(JSON),
        }),
        Err(fault) if fault.code == Code::NotFound => Err(absent(uri)),
        // A cluster that nobody connected.
        Err(fault) if matches!(parsed, LabUri::Guest(..)) && fault.field.as_deref() == Some("cluster") => {
            Err(absent(uri))
        }
        Err(fault) => {
            let is_wrong = fault.code == Code::Invalid;
            let shown = keeper.for_model(actor, fault.to_json()).into_value();
            let message = shown["error"].as_str().unwrap_or_default().to_owned();
            let told = if is_wrong { ErrorData::invalid_params } else { ErrorData::internal_error };
            Err(told(message, Some(shown)))
        }
    }
}

async fn item(keeper: &Keeper, actor: &Actor, kind: Kind, id: ItemId) -> Result<Value, Fault> {
    let shown = ask(keeper, actor, "inventory_show", json!({"id": id})).await?;
    let page = shown["data"].clone();
    Ok(if page["kind"] == kind.key() { page } else { Value::Null })
}

async fn change(keeper: &Keeper, actor: &Actor, id: i64) -> Result<Value, Fault> {
    let before = id.saturating_add(1);
    let newest = ask(keeper, actor, "changes_list", json!({"before": before, "limit": 1})).await?;
    let change = newest["data"][0].clone();
    Ok(if change["id"] == id { change } else { Value::Null })
}

async fn output(keeper: &Keeper, actor: &Actor, id: OutputId, from: Option<u64>) -> Result<Value, Fault> {
    let mut input = json!({"id": id});
    if let Some(from) = from {
        input["from"] = from.into();
    }
    ask(keeper, actor, "output_read", input).await
}

/// Where in the output it is, in our words, and what was written there between marks.
fn told(part: &Value) -> Result<String, ErrorData> {
    let content = part["content"].as_str().unwrap_or_default();
    let (from, bytes) = (part["from"].as_u64().unwrap_or(0), &part["bytes"]);
    let end = part["next"].as_u64();
    let (id, last) = (part["id"].as_str().unwrap_or_default(), part["bytes"].as_u64().unwrap_or(0));
    let place = format!("bytes {from} to {} of {bytes} of {}", end.unwrap_or(last), part["stream"]);
    let more = end.map(|next| format!("; it goes on at lab://output/{id}/{next}")).unwrap_or_default();
    let marked = marked(content).ok_or_else(|| ErrorData::internal_error("no random bytes", None))?;
    Ok(format!("{place}, from {}{more}.\n{marked}", part["place"]))
}

fn markdown(document: &Value) -> String {
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    format!("# {}\n\n{}", text("title"), text("content"))
}

fn absent(uri: &str) -> ErrorData {
    ErrorData::resource_not_found("Resource not found", Some(json!({"uri": uri})))
}
