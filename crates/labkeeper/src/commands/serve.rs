//! `serve`: the hub. Web, REST and MCP on one port, workers beside them.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_core::fault::Fault;
use labkeeper_mcp::{HttpOptions, Surface};
use labkeeper_ops::keeper::Keeper;
use labkeeper_rest::Options;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::root_banner;
use crate::config::Config;
use crate::diagnostics::announce;
use crate::traces;

pub(super) async fn run(context: &Context, bind: Option<SocketAddr>) -> Result<ExitCode> {
    root_banner::show(&context.config);
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
        follow: context.config.traces.as_ref().map(|_| traces::follow as _),
    };
    let mcp = labkeeper_mcp::router(
        keeper.clone(),
        HttpOptions {
            allowed_hosts: context.config.hosts.clone(),
            allowed_origins: origins(&context.config),
            surface: Surface::Full,
            public_url: context.config.public_url.clone(),
            shutdown: shutdown.clone(),
            ..HttpOptions::default()
        },
    );
    let workers = tokio::spawn(labkeeper_ops::work::run(keeper.clone(), shutdown.clone()));
    let say = |text: &str| announce(&context.config, text);
    say(&format!("labkeeper {} on http://{listen}", env!("CARGO_PKG_VERSION")));
    if keeper.settings().demo {
        let end = if keeper.store().is_on_server() {
            "its rows stay on the server when you stop it, and its keys go"
        } else {
            "gone when you stop it"
        };
        say(&format!("this is a demo: everything is invented, and {end}"));
    } else {
        let may_be_open = listen.ip().is_loopback() && !context.config.require_login;
        tokio::spawn(shutdown.clone().run_until_cancelled_owned(invite_first_person(
            keeper.clone(),
            context.config.clone(),
            may_be_open,
        )));
    }
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

/// Pages that may call the MCP endpoint: those of our own names over TLS, and of the public URL as it is.
fn origins(config: &Config) -> Vec<String> {
    let names = config.hosts.iter().map(|host| format!("https://{host}:*"));
    names.chain(config.public_url.clone()).collect()
}

/// Prints the one-time code for the first person as soon as a page would ask for it: at once, or when a first token closes
/// a hub that was open to whoever sits at the machine.
async fn invite_first_person(keeper: Keeper, config: Config, may_be_open: bool) -> Result<(), Fault> {
    let mut committed = keeper.store().watch();
    if may_be_open && keeper.access_state().await?.is_empty() {
        announce(&config, "whoever sits at this machine needs no login until a person or a token is added");
    }
    while may_be_open && keeper.access_state().await?.is_empty() {
        if committed.changed().await.is_err() {
            return Ok(());
        }
    }
    if let Some(code) = keeper.setup_code().await? {
        let how =
            format!("nobody can log in yet; set up the first person in the browser with the code {code}");
        announce(&config, &how);
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
