//! How an MCP client starts this program: the text for its configuration, and the command that registers it with Claude Code.

use std::path::{Path, PathBuf};

use anyhow::Result;
use labkeeper_core::tier::Tier;
use serde_json::{Value, json};

use crate::cli::McpClient;

/// The name under which clients know it.
const NAME: &str = "labkeeper";

/// This very program, with what it is told.
#[derive(Debug, Clone)]
pub(super) struct Registration {
    program: PathBuf,
    arguments: Vec<String>,
    /// Said as `MCP_TIER`; `None` leaves it to the configuration.
    tier: Option<Tier>,
}

impl Registration {
    /// On a data directory.
    pub(super) fn local(data_dir: &Path, tier: Option<Tier>) -> Result<Self> {
        // A client starts the program wherever it likes.
        let data_dir = std::path::absolute(data_dir)?;
        let arguments = vec!["--data-dir".into(), data_dir.display().to_string(), "mcp".into()];
        Ok(Self { program: std::env::current_exe()?, arguments, tier })
    }

    /// Speaking for a remote hub.
    pub(super) fn remote(url: &str) -> Result<Self> {
        let arguments = vec!["mcp".into(), "--remote".into(), url.into()];
        Ok(Self { program: std::env::current_exe()?, arguments, tier: None })
    }

    /// What a person puts into the client's configuration, or types for it.
    pub(super) fn shown_for(&self, client: McpClient) -> String {
        match client {
            McpClient::ClaudeCode => {
                let words: Vec<String> = self.claude_code(None).iter().map(|word| quoted(word)).collect();
                format!("claude {}", words.join(" "))
            }
            McpClient::Vscode => {
                let mut server = self.server();
                server["type"] = "stdio".into();
                pretty(&json!({"servers": {NAME: server}}))
            }
            McpClient::ClaudeDesktop | McpClient::Cursor => pretty(&self.clients_json()),
        }
    }

    /// The form that Claude Desktop and most other clients read.
    pub(super) fn clients_json(&self) -> Value {
        json!({"mcpServers": {NAME: self.server()}})
    }

    /// Arguments of `claude` that register it, in that scope of Claude Code's.
    pub(super) fn claude_code(&self, scope: Option<&str>) -> Vec<String> {
        let mut words: Vec<String> = ["mcp", "add", NAME].map(Into::into).into();
        if let Some(scope) = scope {
            words.extend(["--scope".into(), scope.into()]);
        }
        if let Some(tier) = self.tier {
            words.extend(["-e".into(), format!("MCP_TIER={}", tier.as_str())]);
        }
        words.push("--".into());
        words.push(self.program.display().to_string());
        words.extend(self.arguments.iter().cloned());
        words
    }

    /// Arguments of `claude` that take it away again.
    pub(super) fn claude_code_removal(scope: &str) -> [&str; 5] {
        ["mcp", "remove", NAME, "--scope", scope]
    }

    fn server(&self) -> Value {
        let mut server = json!({"command": self.program, "args": self.arguments});
        if let Some(tier) = self.tier {
            server["env"] = json!({"MCP_TIER": tier.as_str()});
        }
        server
    }
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
