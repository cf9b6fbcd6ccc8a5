//! `gen`: documents of the repository that are made from the registry and the configuration keys.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::GenCommand;
use crate::config::KEYS;
use crate::render;

pub(super) fn run(what: GenCommand) -> Result<ExitCode> {
    match what {
        GenCommand::Openapi => render::print_json(&labkeeper_rest::openapi(&labkeeper_ops::all::all()))?,
        GenCommand::Tools => render::print_json(&tools())?,
        GenCommand::ConfigDocs => render::print(&config_docs())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The tools as MCP clients see them.
fn tools() -> Value {
    json!({"tools": labkeeper_mcp::tools(&labkeeper_ops::all::all())})
}

fn config_docs() -> String {
    let mut text = String::from("| key | environment | default | meaning |\n|---|---|---|---|\n");
    for key in KEYS {
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
