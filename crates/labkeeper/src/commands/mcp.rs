//! `mcp`: MCP over stdio, on the data directory or speaking for a remote hub.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::principal::Principal;
use labkeeper_core::tier::Tier;
use labkeeper_mcp::Surface;

use super::context::Context;
use super::registration::Registration;
use super::root_banner;
use crate::cli::McpClient;
use crate::config::Config;
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
    root_banner::show(&context.config);
    let keeper = context.keeper().await?;
    let grant = Grant { tier: context.config.mcp_tier, write: context.config.mcp_write, admin: false };
    let principal = Principal::Program("assistant".into());
    let actor = Actor { name: "assistant".into(), principal, grant, ..Actor::local(Via::Mcp) };
    let surface = if compact { Surface::Compact } else { Surface::Full };
    let served = labkeeper_mcp::serve_stdio(keeper.clone(), actor, surface).await;
    keeper.store().pay_at_last().await;
    served?;
    Ok(ExitCode::SUCCESS)
}

/// What to put into a client's configuration.
fn configuration(context: &Context, client: McpClient, remote: Option<&str>) -> Result<ExitCode> {
    let registration = match remote {
        Some(url) => Registration::remote(url)?,
        // What a client starts does not have the environment of this shell.
        None => Registration::local(&context.config.data_dir, said_tier(&context.config))?,
    };
    render::print(&registration.shown_for(client))?;
    Ok(ExitCode::SUCCESS)
}

/// The tier, when only the environment of this shell says it. Root is more than a tier, and is not handed on.
fn said_tier(config: &Config) -> Option<Tier> {
    config.is_from_environment("mcp.tier").then_some(config.mcp_tier.min(Tier::Companion))
}
