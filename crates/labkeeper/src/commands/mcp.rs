//! `mcp`: MCP over stdio, on the data directory or speaking for a remote hub.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_mcp::Surface;
use serde_json::{Value, json};

use super::context::Context;
use crate::cli::McpClient;
use crate::render;

pub(super) async fn run(
    context: &Context,
    remote: Option<String>,
    print_config: Option<McpClient>,
    compact: bool,
) -> Result<ExitCode> {
    let remote = remote.or_else(|| context.config.remote_url.clone());
    if let Some(client) = print_config {
        return configuration(context, client, remote.as_deref());
    }
    if let Some(url) = remote {
        labkeeper_mcp::serve_stdio_remote(&url, context.config.remote_token.as_deref()).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let keeper = context.keeper().await?;
    let grant = Grant { tier: context.config.mcp_tier, write: context.config.mcp_write, admin: false };
    let actor = Actor { name: "assistant".into(), via: Via::Mcp, grant, session: None };
    let surface = if compact { Surface::Compact } else { Surface::Full };
    labkeeper_mcp::serve_stdio(keeper, actor, surface).await?;
    Ok(ExitCode::SUCCESS)
}

/// What to put into a client's configuration, with the path of this very program.
fn configuration(context: &Context, client: McpClient, remote: Option<&str>) -> Result<ExitCode> {
    let program = std::env::current_exe()?;
    let mut arguments = vec!["mcp".to_string()];
    match remote {
        Some(url) => arguments.extend(["--remote".into(), url.into()]),
        None => {
            // A client starts the program wherever it likes.
            let data_dir = std::path::absolute(&context.config.data_dir)?;
            let place = ["--data-dir".to_string(), data_dir.display().to_string()];
            arguments.splice(0..0, place).for_each(drop);
        }
    }
    let server = json!({"command": program, "args": arguments});
    let text = match client {
        McpClient::ClaudeCode => {
            let words =
                std::iter::once(program.display().to_string()).chain(arguments).map(|word| quoted(&word));
            format!("claude mcp add labkeeper -- {}", words.collect::<Vec<_>>().join(" "))
        }
        McpClient::Vscode => pretty(
            &json!({"servers": {"labkeeper": {"type": "stdio", "command": program, "args": arguments}}}),
        ),
        McpClient::ClaudeDesktop | McpClient::Cursor => pretty(&json!({"mcpServers": {"labkeeper": server}})),
    };
    render::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
