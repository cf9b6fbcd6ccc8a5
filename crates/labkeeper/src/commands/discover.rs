//! `discover`: what is on a subnet.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::context::Context;
use crate::render::{cell, table};
use crate::{local, render};

pub(super) async fn run(context: &Context, cidr: &str, import: bool) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let answer =
        local::call(&keeper, "discover_subnet", json!({"cidr": cidr, "import_alive": import})).await?.output;
    if context.json {
        render::print_json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let scan = answer.get("scan").unwrap_or(&answer);
    let rows: Vec<Vec<String>> = scan["hosts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|host| host["alive"] == true)
        .map(|host| {
            ["ip", "hostname", "fingerprint", "open_ports", "http_title"]
                .iter()
                .map(|name| cell(host.get(*name)))
                .collect()
        })
        .collect();
    render::print(&table(&["ip", "name", "what", "ports", "title"], &rows))?;
    render::note(&format!("{} of {} addresses answer", scan["alive"], scan["total"]));
    if let Some(done) = answer.get("import") {
        render::note(&format!("imported {}", done["imported"]));
    }
    Ok(ExitCode::SUCCESS)
}
