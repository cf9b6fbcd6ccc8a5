//! Telling MCP clients about labkeeper: Claude Code by its command, the others by what their owner puts into their configuration.

use std::io::ErrorKind;
use std::time::Duration;

use anyhow::{Result, bail};
use labkeeper_proxmox::Settings;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::Register;
use crate::commands::registration::Registration;
use crate::config::Config;

/// Where Claude Code keeps it: for its owner, in every project.
const SCOPE: &str = "user";
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of it.
#[derive(Debug)]
pub(super) struct Told {
    /// Whether Claude Code knows it now.
    pub(super) claude_code: bool,
    /// For the configuration of others; `None` when nobody wants it.
    pub(super) json: Option<Value>,
    pub(super) problem: Option<String>,
}

/// Registers, or says what to do. A client that cannot be told is a problem and no failure: the connection stands.
///
/// # Errors
/// When this program does not know where it is.
pub(super) async fn tell(config: &Config, wanted: Option<Register>, connected: &Settings) -> Result<Told> {
    // One server speaks for all connections: it offers what the highest of them may, and each holds to its own.
    let others = config.clusters.iter().filter(|other| other.cluster != connected.cluster);
    let tiers = others.chain([connected]).filter_map(|cluster| cluster.tier);
    let registration = Registration::local(&config.data_dir, tiers.max())?;
    let json = (wanted != Some(Register::None)).then(|| registration.clients_json());
    let mut told = Told { claude_code: false, json, problem: None };
    if matches!(wanted, None | Some(Register::ClaudeCode)) {
        match register(&registration).await {
            Ok(Registered::Yes) => told.claude_code = true,
            Ok(Registered::NoClaude) if wanted.is_none() => {}
            Ok(Registered::NoClaude) => {
                told.problem = Some(
                    "Claude Code is not on PATH: install it and run setup again, or use --register print"
                        .into(),
                );
            }
            Err(error) => told.problem = Some(format!("not registered with Claude Code: {error:#}")),
        }
    }
    Ok(told)
}

enum Registered {
    Yes,
    NoClaude,
}

async fn register(registration: &Registration) -> Result<Registered> {
    // It does not replace what it knows. That there was nothing to remove is no failure.
    let removal: Vec<String> = Registration::claude_code_removal(SCOPE).map(Into::into).into();
    match claude(&removal).await {
        Err(error)
            if error.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == ErrorKind::NotFound) =>
        {
            return Ok(Registered::NoClaude);
        }
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    let complaint = claude(&registration.claude_code(Some(SCOPE))).await?;
    match complaint {
        None => Ok(Registered::Yes),
        Some(complaint) => bail!("claude mcp add says: {complaint}"),
    }
}

/// What it complains about; `None` when it is content.
async fn claude(words: &[String]) -> Result<Option<String>> {
    let mut command = Command::new("claude");
    command.args(words).stdin(std::process::Stdio::null()).kill_on_drop(true);
    let Ok(output) = timeout(PATIENCE, command.output()).await else {
        bail!("claude did not answer within {} s", PATIENCE.as_secs());
    };
    let output = output?;
    let complaint = String::from_utf8_lossy(&output.stderr).trim().chars().take(300).collect();
    Ok((!output.status.success()).then_some(complaint))
}
