//! `serve`: the hub. Web, REST and MCP on one port, workers beside them.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_mcp::{HttpOptions, Surface};
use labkeeper_ops::keeper::Keeper;
use labkeeper_rest::Options;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use crate::render;

pub(super) async fn run(context: &Context, bind: Option<SocketAddr>) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    hub(context, keeper, bind.unwrap_or(context.config.bind)).await
}

/// Serves until Ctrl-C or SIGTERM.
pub(super) async fn hub(context: &Context, keeper: Keeper, bind: SocketAddr) -> Result<ExitCode> {
    let access = keeper.access_state().await?;
    if let Err(reason) = labkeeper_rest::may_bind(bind, &access, context.config.require_login) {
        bail!("{reason}");
    }
    let listener = TcpListener::bind(bind).await.with_context(|| format!("cannot listen on {bind}"))?;
    let listen = listener.local_addr()?;
    let shutdown = CancellationToken::new();
    let options = Options {
        listen,
        hosts: context.config.hosts.clone(),
        trusted_proxies: context.config.trusted_proxies.clone(),
        require_login: context.config.require_login,
        shutdown: shutdown.clone(),
    };
    let mcp = labkeeper_mcp::router(
        keeper.clone(),
        HttpOptions {
            allowed_hosts: context.config.hosts.clone(),
            allowed_origins: context.config.hosts.iter().map(|host| format!("https://{host}:*")).collect(),
            surface: Surface::Full,
            public_url: context.config.public_url.clone(),
            shutdown: shutdown.clone(),
            ..HttpOptions::default()
        },
    );
    let workers = tokio::spawn(labkeeper_ops::work::run(keeper.clone(), shutdown.clone()));
    announce(&keeper, listen, context.config.require_login).await?;
    let on_signal = shutdown.clone();
    tokio::spawn(async move {
        stop_signal().await;
        on_signal.cancel();
    });
    labkeeper_rest::serve(listener, labkeeper_rest::app(keeper.clone(), options, mcp)?, shutdown.clone())
        .await?;
    shutdown.cancel();
    workers.await?;
    keeper.store().close().await;
    Ok(ExitCode::SUCCESS)
}

async fn announce(keeper: &Keeper, listen: SocketAddr, require_login: bool) -> Result<()> {
    render::note(&format!("labkeeper {} on http://{listen}", env!("CARGO_PKG_VERSION")));
    if keeper.settings().demo {
        render::note("this is a demo: everything is invented, and gone when you stop it");
    } else if listen.ip().is_loopback() && !require_login && keeper.access_state().await?.is_empty() {
        render::note("whoever sits at this machine needs no login until a person or a token is added");
    } else {
        keeper.setup_code().await?;
    }
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
