//! `import`: always a preview first.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use serde_json::{Value, json};

use super::consent::{agreed, refused};
use super::context::Context;
use crate::cli::ImportMode;
use crate::render::{DEGRADED, cell, table};
use crate::{local, render};

pub(super) async fn run(
    context: &Context,
    file: &Path,
    mode: ImportMode,
    dry_run: bool,
    yes: bool,
) -> Result<ExitCode> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let keeper = context.keeper().await?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let content = base64::engine::general_purpose::STANDARD.encode(bytes);
    let preview =
        local::call(&keeper, "import_preview", json!({"content": content, "file_name": name, "mode": if mode == ImportMode::Replace { "replace" } else { "merge" }})).await?.output;
    let data = &preview["data"];
    if !context.json {
        show(data)?;
    }
    if dry_run {
        return finish(context, &preview, data);
    }
    if data["nothing_to_do"] == true {
        render::note("all of it is here already: nothing was changed");
        return finish(context, &preview, data);
    }
    let replace = mode == ImportMode::Replace;
    let question = if replace { "Replace everything in the hub by this?" } else { "Import this?" };
    if !agreed(question, yes)? {
        return Ok(refused());
    }
    let mut input = json!({"import_id": data["import_id"], "mode": if replace { "replace" } else { "merge" }, "confirm": true});
    if replace {
        input["confirm_phrase"] = "replace everything".into();
    }
    let answer = local::call(&keeper, "import_apply", input).await?;
    let (output, data) = (&answer.output, &answer.output["data"]);
    if !context.json {
        let count = |name: &str| data[name].as_array().map_or(0, Vec::len);
        let (created, updated) = (count("creates"), count("updates"));
        render::print(&format!(
            "imported: {created} items created, {updated} updated, {} rows of {} left out",
            data["rows_left_out"], data["rows_in"]
        ))?;
    }
    if let Some(copy) = data["safety_copy"].as_str() {
        let copy = keeper.safety_copy(copy);
        render::note(&format!("what was there is kept as {}; import it with --mode replace", copy.display()));
    }
    if let Some(change) = answer.change_id {
        render::note(&format!("change {change}; take it all back with: labkeeper undo {change}"));
    }
    finish(context, output, data)
}

fn finish(context: &Context, output: &Value, data: &Value) -> Result<ExitCode> {
    if context.json {
        render::print_json(output)?;
    }
    let problems = data["problems"].as_array().is_some_and(|problems| !problems.is_empty());
    Ok(if problems { ExitCode::from(DEGRADED) } else { ExitCode::SUCCESS })
}

fn show(data: &Value) -> Result<()> {
    let count =
        |name: &str| data[name].as_array().map_or_else(|| data[name].clone(), |list| list.len().into());
    render::print(&format!(
        "{}: {} rows, {} to create, {} to update, {} unchanged, {} conflicts, {} problems",
        cell(data.get("format")),
        data["rows_in"],
        count("creates"),
        count("updates"),
        count("unchanged"),
        count("conflicts"),
        count("problems"),
    ))?;
    if let Some(counts) = data["counts"].as_object() {
        let parts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        render::print(&parts.join(", "))?;
    }
    let problems: Vec<Vec<String>> = data["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|problem| {
            ["table", "row", "field", "what", "value", "did"]
                .iter()
                .map(|name| cell(problem.get(*name)))
                .collect()
        })
        .collect();
    if !problems.is_empty() {
        render::print(&table(&["table", "row", "field", "what", "value", "did"], &problems))?;
    }
    Ok(())
}
