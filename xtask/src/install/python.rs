//! A Python of our own under `target/`, so that nothing of the machine's is touched.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::debian;
use crate::{command, repository};

/// A virtual environment; its programs come first on the [`path`](Self::path).
pub(crate) struct Python {
    directory: PathBuf,
}

impl Python {
    /// Makes the environment if it is not there yet.
    pub(crate) fn ensure() -> Result<Self> {
        let directory = repository::root().join("target/xtask/python");
        let python = Self { directory };
        // Asking pip also finds the half-made environment of an interrupted run.
        if !command::succeeds(Command::new(python.program("python")).args(["-m", "pip", "--version"])) {
            python.make()?;
        }
        Ok(python)
    }

    fn make(&self) -> Result<()> {
        let make = || {
            let mut make = Command::new("python3");
            make.args(["-m", "venv", "--clear"]).arg(&self.directory);
            make
        };
        if command::run(&mut make()).is_err() {
            // Debian splits the part of the standard library that makes environments into a package of its own.
            debian::install(&["python3-venv"])?;
            command::run(&mut make())?;
        }
        Ok(())
    }

    /// Installs the pinned packages of `requirements`, one file after the other, unless exactly those were installed
    /// before.
    pub(crate) fn install(&self, requirements: &[&Path]) -> Result<()> {
        let read = |path: &&Path| {
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        };
        let wanted = requirements.iter().map(read).collect::<Result<Vec<_>>>()?.concat();
        let stamp = self.directory.join("installed-requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        let mut pip = Command::new(self.program("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        for path in requirements {
            pip.arg("--requirement").arg(path);
        }
        command::run(&mut pip)?;
        fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.directory.join("bin").join(name)
    }

    /// A PATH on which this environment's programs come first.
    pub(crate) fn path(&self) -> OsString {
        let mut path = self.directory.join("bin").into_os_string();
        #[allow(clippy::disallowed_methods, reason = "a PATH can only be extended by reading it")]
        if let Some(rest) = env::var_os("PATH") {
            path.push(":");
            path.push(rest);
        }
        path
    }
}
