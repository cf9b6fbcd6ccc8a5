//! `search`: find by words, addresses, or meaning.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::context::Context;
use crate::render::{DEGRADED, cell, table};
use crate::{local, render};

pub(super) async fn run(
    context: &Context,
    query: &str,
    limit: u32,
    kind: Option<String>,
) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let mut input = json!({"q": query, "limit": limit});
    if let Some(kind) = kind {
        input["kind"] = json!(super::list::kind(&kind)?);
    }
    let answer = local::call(&keeper, "inventory_search", input).await?;
    let degraded = answer.output.get("degraded").and_then(|reason| reason.as_str());
    if context.json {
        render::print_json(&answer.output)?;
    } else {
        let rows: Vec<Vec<String>> = answer.output["data"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|hit| {
                let plain = |name: &str| cell(hit.get(name)).replace(['\u{e000}', '\u{e001}'], "");
                let score = hit["score"].as_f64().unwrap_or_default();
                vec![
                    plain("entity_type"),
                    plain("entity_id"),
                    plain("name"),
                    format!("{score:.2}"),
                    plain("snippet"),
                ]
            })
            .collect();
        if rows.is_empty() {
            render::note("nothing found");
        } else {
            render::print(&table(&["kind", "id", "name", "score", "where"], &rows))?;
        }
    }
    Ok(match degraded {
        Some(reason) => {
            render::note(&format!("search is degraded: {reason}"));
            ExitCode::from(DEGRADED)
        }
        None => ExitCode::SUCCESS,
    })
}
