//! `cargo xtask demo`: from a clean clone to a working hub in the browser.

use std::process::Command;

use anyhow::Result;

use crate::{command, model, repository, web};

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if command::is_installed("npm") {
        web::build()?;
    } else {
        eprintln!(
            "no npm on the PATH: going on without the web app; with Node 20 or newer it is built by itself"
        );
    }
    model::install_with_release()?;
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--release", "--package", "labkeeper", "--", "demo"]).args(arguments);
    // The demo's own data directory is thrown away, so the model must not lie in it.
    cargo.env("LABKEEPER_MODELS", repository::root().join(model::DIRECTORY));
    command::run(cargo.current_dir(repository::root()))
}
