//! `cargo xtask site`: the documentation as a site, made of docs/ without asking anybody on the network.

use std::path::PathBuf;

use anyhow::Result;

use crate::install::node;
use crate::{command, repository};

/// Builds `target/site`; a link that leads nowhere fails it. With `serve` it is shown on loopback until that is stopped.
pub(crate) fn run(serve: bool) -> Result<()> {
    build(&mut Vec::new())?;
    if serve { command::run(node::npm(&directory()).args(["run", "serve"])) } else { Ok(()) }
}

/// The same for the tests.
pub(crate) fn build(summaries: &mut Vec<String>) -> Result<()> {
    let site = directory();
    node::install(&site)?;
    command::run_keeping(
        node::npm(&site).args(["run", "build"]),
        |line| line.starts_with("site: "),
        summaries,
    )
}

fn directory() -> PathBuf {
    repository::root().join("site")
}
