//! `gen`: documents of the repository that are made from the registry and the configuration keys.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;
use serde_json::{Value, json};

use super::command_line;
use crate::cli::{Arguments, GenCommand};
use crate::config::keys;
use crate::render;

pub(super) fn run(what: GenCommand) -> Result<ExitCode> {
    match what {
        GenCommand::Openapi => {
            render::print(&laid_out(&labkeeper_rest::openapi(&labkeeper_ops::all::all()), 0, 0))?;
        }
        GenCommand::Tools => render::print(&laid_out(&tools(), 0, 0))?,
        GenCommand::ConfigDocs => render::print(&config_docs())?,
        GenCommand::CliDocs => render::print(&command_line::page())?,
        GenCommand::Facts => render::print_json(&facts()?)?,
        GenCommand::Parse { words } => {
            let parsed = Arguments::try_parse_from(["labkeeper".to_owned()].into_iter().chain(words));
            // Help that was asked for comes as an error, too.
            if let Some(error) = parsed.err().filter(clap::Error::use_stderr) {
                return Err(error.into());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What the reference says beside the OpenAPI document and the tools.
fn facts() -> Result<Value> {
    let operations: Vec<Value> = labkeeper_ops::all::all()
        .iter()
        .map(|entry| {
            let meta = &entry.meta;
            json!({"name": meta.name, "tier": meta.tier.as_str(), "writes": meta.effect.is_write()})
        })
        .collect();
    Ok(json!({
        "operations": operations,
        "prompts": labkeeper_mcp::prompts(),
        "resources": labkeeper_mcp::templates(),
        "metrics": labkeeper_rest::exposition()?,
    }))
}

/// The tools as MCP clients see them.
fn tools() -> Value {
    json!({"tools": labkeeper_mcp::tools(&labkeeper_ops::all::all())})
}

/// JSON for reviewers: what fits on a line stands on one. `taken` is what the line begins with.
fn laid_out(value: &Value, depth: usize, taken: usize) -> String {
    let short = on_one_line(value);
    if short.len() + taken <= WIDTH {
        return short;
    }
    let indent = "  ".repeat(depth + 1);
    let part = |name: &str, value: &Value| {
        format!("{indent}{name}{}", laid_out(value, depth + 1, indent.len() + name.len() + 1))
    };
    let (open, parts, close) = match value {
        Value::Array(list) => ('[', list.iter().map(|value| part("", value)).collect::<Vec<_>>(), ']'),
        Value::Object(map) => {
            ('{', map.iter().map(|(key, value)| part(&format!("{}: ", json!(key)), value)).collect(), '}')
        }
        _ => return short,
    };
    format!("{open}\n{}\n{}{close}", parts.join(",\n"), "  ".repeat(depth))
}

/// Characters of a line, as in our code.
const WIDTH: usize = 110;

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            format!("[{}]", list.iter().map(on_one_line).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let parts = map.iter().map(|(key, value)| format!("{}: {}", json!(key), on_one_line(value)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn config_docs() -> String {
    let mut text = String::from("| key | environment | default | meaning |\n|---|---|---|---|\n");
    for key in keys() {
        let variables: Vec<String> = key.env.iter().map(|name| format!("`{name}`")).collect();
        let secret = if key.secret {
            " Secret: also read from the file that the variable with `_FILE` names."
        } else {
            ""
        };
        let default = if key.default.is_empty() { String::new() } else { format!("`{}`", key.default) };
        text.push_str(&format!(
            "| `{}` | {} | {default} | {}{secret} |\n",
            key.path,
            variables.join(", "),
            key.help
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_on_a_line_stands_on_one_and_nothing_is_lost() {
        let long = "x".repeat(90);
        let value = json!({"a": {"$ref": "#/b"}, "empty": [], "list": [1, {"c": long}], "text": "\"q\""});
        let text = laid_out(&value, 0, 0);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..4], ["{", "  \"a\": {\"$ref\": \"#/b\"},", "  \"empty\": [],", "  \"list\": ["]);
        assert_eq!(lines.last(), Some(&"}"));
    }
}
