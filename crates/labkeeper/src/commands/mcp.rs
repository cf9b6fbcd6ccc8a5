//! `mcp`: MCP over stdio, on the data directory or speaking for a remote hub.

use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::principal::Principal;
use labkeeper_core::tier::Tier;
use labkeeper_mcp::Surface;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::registration::Registration;
use super::root_banner;
use crate::cli::McpClient;
use crate::config::Config;
use crate::ending::{self, Signals};
use crate::render;

/// For answers that were there when a supervisor wanted an end to be read by the client.
const LAST_WORDS: Duration = Duration::from_secs(3);

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
    let mut signals = Signals::listen().context("cannot listen to signals")?;
    let ended = CancellationToken::new();
    let mut serving = pin!(labkeeper_mcp::serve_stdio(keeper.clone(), actor, surface, ended.clone()));
    let served = tokio::select! {
        served = &mut serving => Some(served),
        _ = signals.next() => None,
    };
    match served {
        None => signals.leave(),
        // A client that is gone sends a signal of its own behind, which is no second one.
        Some(_) => drop(tokio::spawn(async move {
            signals.next().await;
            signals.leave();
        })),
    }
    // Whether the client is gone or a supervisor wants an end. Who is still there is served meanwhile, and hears what came of its calls.
    ending::end_work(&keeper).await;
    ended.cancel();
    let served = match served {
        Some(served) => served,
        None => timeout(LAST_WORDS, serving).await.unwrap_or(Ok(())),
    };
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
