//! Nothing committed names the machine that it was written on or the host of a package registry: both are right on one
//! machine only.

use anyhow::Result;

use super::finding::Finding;
use crate::repository::Files;

/// Beginnings of paths that a tool writes down when it runs on somebody's machine. In pieces, so that this file does
/// not find itself.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/.cargo"),
    concat!("/ro", "ot/.rustup"),
    concat!("/ro", "ot/.pyenv"),
    concat!("/ro", "ot/.npm"),
    concat!("/ro", "ot/.cache"),
];

/// The user of examples and invented data: `/home/keeper` is on nobody's machine.
const NOBODY: &str = "keeper";

const REGISTRY_HOSTS: &[&str] = &[
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("registry.npmjs", ".org"),
    concat!("registry.yarnpkg", ".com"),
    concat!("pypi", ".org"),
    concat!("files.pythonhosted", ".org"),
    concat!("deb.debian", ".org"),
];

/// Recorded or imported data keeps the words that it was recorded with.
const DATA: &[&str] = &["fixtures/", "web/node_modules/"];

pub(super) fn check(files: &Files) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in files.paths.iter().filter(|path| !DATA.iter().any(|folder| path.starts_with(folder))) {
        let Some(text) = files.text(path)? else { continue };
        let is_npm_lock = path.ends_with("package-lock.json");
        for (number, line) in text.lines().enumerate() {
            if let Some(what) = breach(line, is_npm_lock) {
                findings.push(Finding::new(format!("{path}:{}", number + 1), what));
            }
        }
    }
    Ok(findings)
}

fn breach(line: &str, is_npm_lock: bool) -> Option<String> {
    if let Some(path) = MACHINE_PATHS.iter().find(|path| begins_a_path(line, path)) {
        return Some(format!("`{path}…` is a path of one machine"));
    }
    if let Some(host) = REGISTRY_HOSTS.iter().find(|host| line.contains(**host)) {
        return Some(format!("`{host}` is a registry's host: name packages, not addresses"));
    }
    if is_npm_lock && line.contains("\"resolved\": \"http") {
        return Some("a resolved address: set `omit-lockfile-registry-resolved` and lock again".to_owned());
    }
    None
}

/// Whether `prefix` stands in `line` as the beginning of a path and not in the middle of one (`ops/work/`).
fn begins_a_path(line: &str, prefix: &str) -> bool {
    line.match_indices(prefix).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let is_nobodys = line[at + prefix.len()..].starts_with(NOBODY);
        !is_nobodys
            && !before.is_some_and(|character| character.is_alphanumeric() || "._-}*~".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_of_a_machine_are_found_and_relative_ones_are_not() {
        assert!(breach(concat!("root = \"/ho", "me/anna/labkeeper\""), false).is_some());
        assert!(breach(concat!("see /wo", "rk/main"), false).is_some());
        assert!(breach("data_dir: '/home/keeper/labkeeper'", false).is_none());
        assert!(breach("see crates/ops/src/work/indexer.rs", false).is_none());
        assert!(breach("the guard protects /root/.ssh", false).is_none());
    }

    #[test]
    fn addresses_of_registries_are_found_also_in_lock_files() {
        assert!(breach(concat!("https://pypi", ".org/simple"), false).is_some());
        let resolved = "\"resolved\": \"http://mirror.example/svelte.tgz\",";
        assert!(breach(resolved, true).is_some());
        assert!(breach(resolved, false).is_none());
    }
}
