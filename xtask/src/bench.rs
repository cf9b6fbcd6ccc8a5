//! `cargo xtask bench <subject>`: figures of a release build, with the model installed first.

use std::process::Command;

use anyhow::Result;

use crate::{command, model, repository};

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    model::install_with_release()?;
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--release", "--package", "labkeeper-bench", "--"]);
    command::run(cargo.args(arguments).current_dir(repository::root()))
}
