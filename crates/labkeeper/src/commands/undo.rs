//! `undo`: take back a change, or all of a session.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use super::consent::{agreed, refused};
use super::context::Context;
use crate::{local, render};

pub(super) async fn run(
    context: &Context,
    change: Option<i64>,
    session: Option<String>,
    yes: bool,
) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let (operation, input) = match (change, session) {
        (Some(id), _) => ("change_undo", json!({"id": id})),
        (None, session) => ("session_undo", json!({"session": session})),
    };
    let mut planned = input.clone();
    planned["dry_run"] = true.into();
    let plan = local::call(&keeper, operation, planned).await?.output;
    let summary = plan["plan"]["summary"].as_str().unwrap_or("undo").to_string();
    if !agreed(&format!("{summary}?"), yes)? {
        return Ok(refused());
    }
    let mut input = input;
    input["confirm"] = true.into();
    let answer = local::call(&keeper, operation, input).await?;
    if context.json {
        render::print_json(&answer.output)?;
    } else {
        let id = answer.change_id.map_or(Value::Null, Into::into);
        render::print(&format!("done: {summary} (change {id})"))?;
    }
    Ok(ExitCode::SUCCESS)
}
