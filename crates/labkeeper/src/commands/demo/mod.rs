//! `demo`: a throw-away hub on a simulated cluster that documented itself, with what people added and its history, so that
//! everything can be tried; also what is done inside of guests, where this machine can have some.

mod clock;
mod furnish;
mod names;
mod sample;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use labkeeper_core::approval::Approvals;

use self::clock::PastClock;
use super::context::Context;
use super::serve;
use crate::{render, simulated, wire};

pub(super) async fn run(
    mut context: Context,
    bind: SocketAddr,
    approvals: Approvals,
    on_servers: bool,
) -> Result<ExitCode> {
    let dir = tempfile::Builder::new()
        .prefix("labkeeper-demo-")
        .tempdir()
        .context("cannot make a throw-away directory")?;
    context.config = context.config.for_demo(dir.path(), on_servers)?;
    let cluster = simulated::open().await?;
    context.config.clusters = vec![cluster.settings.clone()];
    context.config.shells = cluster.shells.clone();
    context.config.safety.approvals = approvals;
    if let Some(missing) = &cluster.without_shells {
        render::note(&format!("commands and files inside guests are no part of this demo: {missing}"));
    }
    if on_servers {
        let server = context.config.server.as_ref();
        let server =
            server.context("--on-servers wants a server: say which in DATABASE_URL (docs/postgresql.md)")?;
        wire::ensure_new(server).await?;
    }
    let clock = Arc::new(PastClock::default());
    let keeper = wire::keeper_with(&context.config, true, clock.clone()).await?;
    let place = if on_servers { "the servers that are configured" } else { "a throw-away directory" };
    render::note(&format!("a simulated lab documents itself into {place} …"));
    furnish::furnish(&keeper, &clock).await.context("cannot write the sample lab")?;
    let code = serve::hub(&context, keeper, bind).await;
    drop((cluster, dir));
    code
}
