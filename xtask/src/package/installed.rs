//! What a Linux installation of labkeeper consists of, wherever the files come from: program, manual, completions, unit,
//! configuration.

use anyhow::Result;

use super::inputs;
use super::program::Program;
use super::ustar::Tree;
use crate::repository;

/// The program with its manual and completions, which it writes itself, and the dashboard for what it measures.
pub(crate) fn program(program: &Program) -> Result<Tree> {
    let mut tree = Tree::default();
    tree.file("usr/bin/labkeeper", 0o755, program.bytes.clone());
    tree.file("usr/share/man/man1/labkeeper.1.gz", 0o644, inputs::gzip(program.says(&["man"])?.as_bytes())?);
    for (shell, path) in [
        ("bash", "usr/share/bash-completion/completions/labkeeper"),
        ("fish", "usr/share/fish/vendor_completions.d/labkeeper.fish"),
        ("zsh", "usr/share/zsh/vendor-completions/_labkeeper"),
    ] {
        tree.file(path, 0o644, program.says(&["completions", shell])?);
    }
    let dashboard = repository::root().join("packaging/grafana/labkeeper.json");
    tree.copy("usr/share/labkeeper/grafana.json", 0o644, &dashboard)?;
    Ok(tree)
}

/// The unit, the user that it runs as and the configuration that it starts with.
pub(crate) fn service(tree: &mut Tree) -> Result<()> {
    let systemd = repository::root().join("packaging/systemd");
    for (name, path) in [
        ("labkeeper.service", "usr/lib/systemd/system/labkeeper.service"),
        ("labkeeper.sysusers", "usr/lib/sysusers.d/labkeeper.conf"),
        // Before what a distribution says itself, which then counts.
        ("labkeeper.sysctl", "usr/lib/sysctl.d/40-labkeeper.conf"),
        ("labkeeper.toml", "etc/labkeeper/labkeeper.toml"),
    ] {
        tree.copy(path, 0o644, &systemd.join(name))?;
    }
    Ok(())
}
