//! `serve`: the hub. Web, REST and MCP on one port, workers beside them.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_core::fault::Fault;
use labkeeper_mcp::{HttpOptions, Surface};
use labkeeper_ops::keeper::Keeper;
use labkeeper_rest::Options;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::root_banner;
use crate::config::Config;
use crate::diagnostics::announce;
use crate::ending::{self, Signals};
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
    let shutdown = keeper.ending().clone();
    // Streams over which answers come stay until there is nothing to answer any more.
    let answered = CancellationToken::new();
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
            shutdown: answered.clone(),
            ..HttpOptions::default()
        },
    );
    // Before anybody is told that it runs: whoever is may stop it at once.
    let mut signals = Signals::listen().context("cannot listen to signals")?;
    let on_signal = shutdown.clone();
    tokio::spawn(async move {
        signals.next().await;
        on_signal.cancel();
        signals.leave();
    });
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
    let app = labkeeper_rest::app(keeper.clone(), options, mcp)?;
    let serving = async {
        let served = labkeeper_rest::serve(listener, app, shutdown.clone()).await;
        shutdown.cancel();
        served
    };
    let resting = async {
        shutdown.cancelled().await;
        let calls = async {
            ending::end_work(&keeper).await;
            // Answers that are just ready go out before their streams end.
            tokio::time::sleep(ending::LAST_WORDS).await;
            answered.cancel();
        };
        tokio::join!(timeout(ending::LIMIT, workers), calls).0
    };
    let (served, done) = tokio::join!(serving, resting);
    if done.is_err() {
        tracing::warn!(
            "what goes on beside the calls did not end in time, and is taken up at the next start"
        );
    }
    ending::close(&keeper).await;
    served?;
    done.unwrap_or(Ok(()))?;
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
