//! A Python of our own under `target/`, so that nothing of the machine's is touched.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

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
