//! `approvals`, `approve`, `deny`: a person's word about calls that wait for one.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::budget::neutralise;
use serde_json::{Value, json};

use super::consent::{agreed, refused};
use super::context::Context;
use crate::{local, render};

/// Lists them.
pub(super) async fn list(context: &Context, all: bool) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let answer =
        local::call(&keeper, "approval_status", json!({"pending": !all, "limit": 100})).await?.output;
    if context.json {
        render::print_json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let rows: Vec<Vec<String>> = answer["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| {
            let (plan, id) = (&row["plan"]["summary"], row["id"].to_string());
            vec![id, text(&row["state"]), text(&row["actor"]), text(&row["expires_at"]), text(plan)]
        })
        .collect();
    if rows.is_empty() {
        render::print("nothing waits for a person")?;
    } else {
        render::print(&render::table(&["id", "state", "asked by", "expires", "what"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows what would happen, asks, and has it done.
pub(super) async fn approve(context: &Context, id: i64, yes: bool) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let found = local::call(&keeper, "approval_status", json!({"id": id})).await?.output;
    let row = &found["data"][0];
    render::note(&shown(row));
    if !agreed("Do it?", yes)? {
        return Ok(refused());
    }
    let input = json!({"id": id, "digest": row["digest"]});
    let answer = local::call(&keeper, "approval_approve", input).await?.output;
    let row = &answer["data"];
    if context.json {
        render::print_json(&answer)?;
    } else {
        let state = row["state"].as_str().unwrap_or_default();
        render::print(&neutralise(&format!("{state}\n{}", serde_json::to_string_pretty(&row["outcome"])?)))?;
    }
    Ok(if row["state"] == "done" { ExitCode::SUCCESS } else { ExitCode::from(4) })
}

/// Has it never done.
pub(super) async fn deny(context: &Context, id: i64, reason: Option<String>) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let answer = local::call(&keeper, "approval_deny", json!({"id": id, "reason": reason})).await?.output;
    if context.json {
        render::print_json(&answer)?;
    } else {
        render::print(&format!("approval {id} is denied"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a person needs to see before saying yes. Nothing of it is taken from a model's words but the input itself.
fn shown(row: &Value) -> String {
    let text = |value: &Value| neutralise(value.as_str().unwrap_or_default()).into_owned();
    let plan = &row["plan"];
    let mut shown =
        format!("{} asks for {}: {}", text(&row["actor"]), text(&row["op"]), text(&plan["summary"]));
    for reason in plan["reasons"].as_array().into_iter().flatten() {
        let _ = write!(shown, "\n  because: {}", text(reason));
    }
    match plan["details"]["diff"].as_str() {
        Some(diff) => {
            let _ = write!(shown, "\n{}", lines(diff));
        }
        None => {
            let details = serde_json::to_string_pretty(&plan["details"]).unwrap_or_default();
            let _ = write!(shown, "\n{}", lines(&details));
        }
    }
    shown
}

/// Line breaks stay, whatever else plays tricks on a terminal is made visible.
fn lines(text: &str) -> String {
    text.lines().map(|line| neutralise(line).into_owned()).collect::<Vec<_>>().join("\n")
}
