//! Tools with their inputs, resources, prompts.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::cell::cell;

pub(super) fn body(tools: &Value, facts: &Value) -> Result<String> {
    let mut text = String::new();
    resources(&mut text, &facts["resources"]);
    prompts(&mut text, &facts["prompts"]);
    for one in tools["tools"].as_array().into_iter().flatten() {
        tool(&mut text, one, &facts["operations"])?;
    }
    Ok(text)
}

fn resources(text: &mut String, templates: &Value) {
    text.push_str("## Resources\n\n| | |\n|---|---|\n");
    for one in templates.as_array().into_iter().flatten() {
        let _ = writeln!(text, "| `{}` | {} |", told(&one["uriTemplate"]), told(&one["title"]));
    }
}

fn prompts(text: &mut String, prompts: &Value) {
    text.push_str("\n## Prompts\n\n| | | arguments |\n|---|---|---|\n");
    for one in prompts.as_array().into_iter().flatten() {
        let arguments = one["arguments"].as_array().into_iter().flatten();
        let names: Vec<String> = arguments.map(|it| format!(" `{}`", told(&it["name"]))).collect();
        let _ = writeln!(
            text,
            "| `{}` | {} |{} |",
            told(&one["name"]),
            told(&one["description"]),
            names.join(",")
        );
    }
}

fn tool(text: &mut String, tool: &Value, operations: &Value) -> Result<()> {
    let name = told(&tool["name"]);
    let known = operations.as_array().into_iter().flatten().find(|it| it["name"] == tool["name"]);
    let known = known.with_context(|| format!("nothing is known of the tool {name}"))?;
    let tier = told(&known["tier"]);
    let effect = if known["writes"] == true { "changes something" } else { "only reads" };
    let _ = write!(text, "\n## {name}\n\n{}\n\nTier `{tier}`, {effect}.\n\n", told(&tool["description"]));
    let schema = &tool["inputSchema"];
    let fields = schema["properties"].as_object();
    let Some(fields) = fields.filter(|fields| !fields.is_empty()) else { return Ok(()) };
    text.push_str("| input | | needed | |\n|---|---|---|---|\n");
    for (field, shape) in fields {
        let is_needed =
            schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == field.as_str()));
        let needed = if is_needed { "yes" } else { "" };
        let _ =
            writeln!(text, "| `{field}` | {} | {needed} | {} |", kind(shape), told(&shape["description"]));
    }
    Ok(())
}

/// What a value may be, in a word or its choices.
fn kind(shape: &Value) -> String {
    if let Some(choices) = shape["enum"].as_array() {
        return choices.iter().map(|it| format!("`{}`", told(it))).collect::<Vec<_>>().join(", ");
    }
    match &shape["type"] {
        Value::String(one) if one == "array" => format!("array of {}", kind(&shape["items"])),
        Value::String(one) => one.clone(),
        Value::Array(several) => several.iter().map(told).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    }
}

fn told(value: &Value) -> String {
    cell(
        &value
            .as_str()
            .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned),
    )
}
