//! `export`: the inventory as a file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::context::Context;
use crate::cli::ExportFormat;
use crate::{local, render};

pub(super) async fn run(
    context: &Context,
    file: Option<PathBuf>,
    format: ExportFormat,
    kind: Option<String>,
) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let mut input = json!({"format": format.as_str()});
    if let Some(kind) = kind {
        input["kind"] = json!(super::list::kind(&kind)?);
    }
    let answer = local::call(&keeper, "inventory_export", input).await?.output;
    let content = match answer.get("content") {
        Some(content) => content.as_str().map_or_else(|| content.to_string(), str::to_string),
        None => serde_json::to_string_pretty(&answer)?,
    };
    match file {
        Some(file) => {
            let half = file.with_extension("part");
            std::fs::write(&half, &content).with_context(|| format!("cannot write {}", half.display()))?;
            std::fs::rename(&half, &file).with_context(|| format!("cannot write {}", file.display()))?;
            render::note(&format!("{} bytes in {}", content.len(), file.display()));
        }
        None => render::print(&content)?,
    }
    Ok(ExitCode::SUCCESS)
}
