//! `call`: any operation of the registry.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::context::Context;
use crate::render::DEGRADED;
use crate::{local, render};

pub(super) async fn run(
    context: &Context,
    operation: &str,
    input: Option<String>,
    confirm: bool,
    dry_run: bool,
) -> Result<ExitCode> {
    let text = match input.as_deref() {
        None => "{}".to_string(),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        Some(text) => text.to_string(),
    };
    let mut input: Value = serde_json::from_str(&text).context("the input is not valid JSON")?;
    if let Some(fields) = input.as_object_mut() {
        for (name, given) in [("confirm", confirm), ("dry_run", dry_run)] {
            if given {
                fields.insert(name.into(), json!(true));
            }
        }
    }
    let keeper = context.keeper().await?;
    let answer = local::call(&keeper, operation, input).await?;
    render::print_json(&answer.output)?;
    if let Some(change) = answer.change_id {
        render::note(&format!("change {change}; take it back with: labkeeper undo {change}"));
    }
    Ok(if is_whole(&answer.output) { ExitCode::SUCCESS } else { ExitCode::from(DEGRADED) })
}

/// Whether nothing is missing from an answer: operations that could not ask everybody name it in `gaps` or `errors`.
fn is_whole(output: &Value) -> bool {
    let names_none = |field: &str| output[field].as_array().is_none_or(Vec::is_empty);
    names_none("gaps") && names_none("errors")
}
