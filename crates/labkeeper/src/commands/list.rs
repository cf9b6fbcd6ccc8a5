//! `list`, `drift`, `changes`: tables for people.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use labkeeper_core::nearest::nearest;
use serde_json::{Value, json};

use super::context::Context;
use crate::render::{cell, table};
use crate::{local, render};

/// The kind a person means.
pub(super) fn kind(word: &str) -> Result<Kind, Fault> {
    Kind::guess(word).ok_or_else(|| {
        let keys = Kind::ALL.map(Kind::key);
        let fault = Fault::invalid("kind", format!("there is no kind \"{word}\""));
        match nearest(word, keys) {
            Some(near) => fault.with_hint(format!("did you mean {near}?")),
            None => fault.with_hint(format!("one of {}", keys.join(", "))),
        }
    })
}

pub(super) async fn run(
    context: &Context,
    word: &str,
    q: Option<String>,
    sort: Option<String>,
    limit: Option<usize>,
) -> Result<ExitCode> {
    let kind = kind(word)?;
    let keeper = context.keeper().await?;
    let sort = sort.unwrap_or_else(|| kind.spec().name_field.into());
    let mut input = json!({"type": kind, "sort": sort});
    if let Some(q) = &q {
        input["q"] = q.as_str().into();
    }
    if let Some(limit) = limit {
        input["limit"] = limit.into();
    }
    let answer = local::call(&keeper, "inventory_list", input).await?;
    if context.json {
        render::print_json(&answer.output)?;
        return Ok(ExitCode::SUCCESS);
    }
    let spec = kind.spec();
    let mut columns = vec!["id", spec.name_field];
    columns.extend(spec.fields.iter().filter(|field| field.column).map(|field| field.name));
    let rows: Vec<Vec<String>> = answer.output["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| columns.iter().map(|name| cell(row.get(*name))).collect())
        .collect();
    if rows.is_empty() {
        let many = spec.label_many.to_lowercase();
        render::note(&match q {
            Some(q) => format!("no {many} with \"{q}\""),
            None => format!("no {many} yet: labkeeper import FILE, or the web app"),
        });
        return Ok(ExitCode::SUCCESS);
    }
    render::print(&table(&columns, &rows))?;
    render::note(&format!("{} of {}", rows.len(), answer.output["count"]));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn drift(context: &Context) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let answer = local::call(&keeper, "drift_list", json!({})).await?;
    show(
        context,
        &answer.output,
        "nothing drifts",
        &["id", "item", "field", "asserted", "observed", "source", "seen_at"],
    )
}

pub(super) async fn changes(context: &Context, limit: i64, session: Option<String>) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let mut input = json!({"limit": limit});
    if let Some(session) = session {
        input["session"] = session.into();
    }
    let answer = local::call(&keeper, "changes_list", input).await?;
    show(
        context,
        &answer.output,
        "nothing was changed yet",
        &["id", "at", "actor", "via", "summary", "reverted_by"],
    )
}

/// A listing as a table, or as it is.
pub(super) fn show(context: &Context, output: &Value, empty: &str, columns: &[&str]) -> Result<ExitCode> {
    if context.json {
        render::print_json(output)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = output["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| {
            columns
                .iter()
                .map(|name| cell(row.get(*name).map(|value| value.get("name").unwrap_or(value))))
                .collect()
        })
        .collect();
    if rows.is_empty() {
        render::note(empty);
    } else {
        render::print(&table(columns, &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}
