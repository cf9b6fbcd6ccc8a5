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
    if let Err(reason) = labkeeper_rest::may_bind(bind, &access, false) {
        bail!("{reason}");
    }
    let listener = TcpListener::bind(bind).await.with_context(|| format!("cannot listen on {bind}"))?;
    let listen = listener.local_addr()?;
    let shutdown = CancellationToken::new();
    let options = Options {
        listen,
        hosts: context.config.hosts.clone(),
        trusted_proxies: context.config.trusted_proxies.clone(),
        require_login: false,
        shutdown: shutdown.clone(),
    };
    let mcp = labkeeper_mcp::router(
        keeper.clone(),
        HttpOptions {
            allowed_hosts: context.config.hosts.clone(),
            allowed_origins: context.config.hosts.iter().map(|host| format!("https://{host}:*")).collect(),
            surface: Surface::Full,
            shutdown: shutdown.clone(),
            ..HttpOptions::default()
        },
    );
    let workers = tokio::spawn(labkeeper_ops::work::run(keeper.clone(), shutdown.clone()));
    announce(&keeper, listen).await?;
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

async fn announce(keeper: &Keeper, listen: SocketAddr) -> Result<()> {
    render::note(&format!("labkeeper {} on http://{listen}", env!("CARGO_PKG_VERSION")));
    if keeper.settings().demo {
        render::note("this is a demo: everything is invented, and gone when you stop it");
    } else if let Some(code) = keeper.setup_code().await? {
        let open = listen.ip().is_loopback() && keeper.access_state().await?.is_empty();
        render::note(&if open {
            format!(
                "whoever sits at this machine needs no login until a person or a token is added; should the browser then \
                 ask for a one-time code, it is {code}"
            )
        } else {
            format!("nobody can log in yet; set up the first person in the browser with the code {code}")
        });
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
