//! npm packages, from a lock file and without running anybody's install scripts.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// The oldest Node that the web app's tools run on.
const OLDEST: u32 = 20;

/// Installs the packages of `directory` unless exactly its lock file was installed before.
pub(crate) fn install(directory: &Path) -> Result<()> {
    check_version()?;
    let lock_path = directory.join("package-lock.json");
    let lock =
        fs::read_to_string(&lock_path).with_context(|| format!("cannot read {}", lock_path.display()))?;
    let stamp = directory.join("node_modules/.installed-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    command::run(npm(directory).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}

/// `npm` in `directory`, where a script of its `package.json` or `ci` is to be added.
pub(crate) fn npm(directory: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(directory);
    npm
}

fn check_version() -> Result<()> {
    let version = command::read(Command::new("node").arg("--version"))
        .with_context(|| format!("the web app needs Node {OLDEST} or newer on the PATH"))?;
    match major(&version) {
        Some(number) if number >= OLDEST => Ok(()),
        _ => bail!("the web app needs Node {OLDEST} or newer, this is {}", version.trim()),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_node_prints() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20"), None);
    }
}
