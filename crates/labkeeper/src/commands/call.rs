//! `call`: any operation of the registry.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::context::Context;
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
    Ok(ExitCode::SUCCESS)
}
