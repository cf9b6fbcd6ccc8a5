//! The crates that decide and never act reach no I/O, no clock and no chance, even at second hand.
//!
//! Each is asked about by itself: over the whole workspace, features that one crate switches on show up in all.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::finding::Finding;
use crate::command;

/// They decide and never act. The guard is not among them: the shell parser it stands on seeds hash tables by chance.
const PURE: &[&str] = &["labkeeper-core", "labkeeper-redact"];

/// What would bring I/O, time or chance.
const BANNED: &[&str] =
    &["tokio", "mio", "sqlx", "reqwest", "hyper", "socket2", "getrandom", "rand", "rand_core"];

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for package in PURE {
        let mut cargo = Command::new("cargo");
        cargo.args([
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        let tree = command::read(cargo.current_dir(root))?;
        findings.extend(banned_in(&tree).into_iter().map(|name| {
            Finding::new(*package, format!("reaches {name}: it has no I/O, no clock, no chance"))
        }));
    }
    Ok(findings)
}

fn banned_in(tree: &str) -> BTreeSet<&str> {
    let linked = tree.lines().filter_map(|line| line.split(' ').next());
    linked.filter(|name| BANNED.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_at_second_hand_is_found() {
        let tree = "labkeeper-core v0.1.0\ninnocent v1.0.0\ntokio v1.54.0\nrand_core v0.9.0 (*)\n";
        assert_eq!(Vec::from_iter(banned_in(tree)), ["rand_core", "tokio"]);
        assert!(banned_in("labkeeper-core v0.1.0\nserde v1.0.0\n").is_empty());
    }
}
