//! `notify test`: whether people are reached by the ways that are configured.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use super::context::Context;
use crate::cli::NotifyCommand;
use crate::render::{DEGRADED, cell, table};
use crate::{local, render};

pub(super) async fn run(context: &Context, what: NotifyCommand) -> Result<ExitCode> {
    let NotifyCommand::Test = what;
    let keeper = context.keeper().await?;
    let answer = local::call(&keeper, "notification_test", json!({})).await?.output;
    let ways = answer["data"].as_array().map_or(&[][..], Vec::as_slice);
    if context.json {
        render::print_json(&answer)?;
    } else {
        let rows: Vec<Vec<String>> = ways.iter().map(row).collect();
        render::print(&table(&["to", "", "what became of it"], &rows))?;
    }
    let told = ways.iter().filter(|way| way["told"] == true).count();
    Ok(match told {
        0 => ExitCode::FAILURE,
        _ if told < ways.len() => ExitCode::from(DEGRADED),
        _ => ExitCode::SUCCESS,
    })
}

fn row(way: &Value) -> Vec<String> {
    let when = if way["fallback"] == true { "when the others fail" } else { "" };
    let outcome = if way["told"] == true { "taken".into() } else { cell(way.get("problem")) };
    vec![cell(way.get("way")), when.into(), outcome]
}
