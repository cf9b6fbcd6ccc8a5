//! The web app: building what the binary embeds, and its own checks.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::install::node;
use crate::{command, repository};

/// Builds `web/dist`, which the binary embeds, unless it is newer than everything that it is made from.
pub(crate) fn build() -> Result<()> {
    let web = directory();
    node::install(&web)?;
    if is_stale(&web)? {
        command::run(node::npm(&web).args(["run", "build"]))?;
    }
    Ok(())
}

/// Writes the types of the REST contract, or with `check` compares them with what is committed.
pub(crate) fn types(check: bool) -> Result<()> {
    let web = directory();
    node::install(&web)?;
    let mut script = node::npm(&web);
    script.args(["run", "--silent", "api", "--"]).args(check.then_some("--check"));
    command::run(&mut script)
        .context("the types in web/src/lib/api/api.gen.ts; `cargo xtask gen` writes them")
}

/// Types, style, component tests, translations, and how much a browser has to load.
pub(crate) fn check(summaries: &mut Vec<String>) -> Result<()> {
    build()?;
    let web = directory();
    // All of them, so that one run shows everything that is wrong.
    let scripts = ["check", "lint", "i18n:check", "budget"]
        .map(|script| command::run(node::npm(&web).args(["run", script])));
    let tests = command::run_keeping(node::npm(&web).args(["run", "test"]), is_summary, summaries);
    scripts.into_iter().chain([tests]).collect()
}

/// vitest's closing line.
fn is_summary(line: &str) -> bool {
    line.trim_start().starts_with("Tests  ")
}

fn directory() -> PathBuf {
    repository::root().join("web")
}

fn is_stale(web: &Path) -> Result<bool> {
    let Ok(built) = fs::metadata(web.join("dist/index.html")).and_then(|page| page.modified()) else {
        return Ok(true);
    };
    Ok(newest(web)? > built)
}

/// When a source below `directory` changed last; what is installed or built there does not count.
fn newest(directory: &Path) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    let entries = fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if name == "node_modules" || name == "dist" {
            continue;
        }
        let changed = if entry.file_type()?.is_dir() {
            newest_or_own(&entry.path())?
        } else {
            entry.metadata()?.modified()?
        };
        newest = newest.max(changed);
    }
    Ok(newest)
}

/// A directory's own time tells of files that were removed from it.
fn newest_or_own(directory: &Path) -> Result<SystemTime> {
    Ok(newest(directory)?.max(fs::metadata(directory)?.modified()?))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::*;

    fn touch(path: &Path, seconds: u64) {
        fs::create_dir_all(path.parent().expect("it is below a directory")).expect("a directory can be made");
        let file = File::create(path).expect("a file can be made");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .expect("its time can be set");
    }

    #[test]
    fn a_build_is_stale_when_a_source_is_newer_and_not_when_only_packages_are() {
        let web = tempfile::tempdir().expect("a temporary directory");
        let now = SystemTime::UNIX_EPOCH.elapsed().expect("it is after 1970").as_secs();
        touch(&web.path().join("src/app.ts"), now);
        assert!(is_stale(web.path()).expect("readable"), "nothing was built yet");
        touch(&web.path().join("dist/index.html"), now + 60);
        touch(&web.path().join("node_modules/svelte/index.js"), now + 120);
        assert!(!is_stale(web.path()).expect("readable"));
        touch(&web.path().join("src/app.ts"), now + 120);
        assert!(is_stale(web.path()).expect("readable"));
    }
}
