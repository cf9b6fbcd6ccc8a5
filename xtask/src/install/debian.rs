//! Debian packages, for programs that neither npm nor pip brings.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command;

/// A program and the Debian package that it comes in.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
}

/// Installs the packages of those programs that are not on the PATH yet.
pub(crate) fn ensure(programs: &[Program]) -> Result<()> {
    let missing: Vec<&str> =
        programs.iter().filter(|it| !command::is_installed(it.name)).map(|it| it.package).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// Installs `packages`. Only root on a Debian can; everyone else is told what to install.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if !command::is_installed("apt-get") {
        bail!("the checks need {names} (names of Debian packages): install them and run this again");
    }
    if !is_root()? {
        bail!("the checks need {names}: run `sudo apt-get install {names}` and then this again");
    }
    command::run(Command::new("apt-get").args(["update", "--quiet"]))?;
    command::run(
        Command::new("apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// Whether this is root, who can do all that the tests want of a machine.
pub(crate) fn is_root() -> Result<bool> {
    Ok(command::read(Command::new("id").arg("-u"))?.trim() == "0")
}
