//! What every package is made from beside the program: version, time, licences, model.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use toml::Table;

use super::ustar::Tree;
use crate::{command, model, repository};

/// Where the model for search by meaning lies in every package; the configuration of each names it.
pub(crate) const MODELS: &str = "usr/share/labkeeper/models";

/// What can be said about every package.
#[derive(Args, Clone)]
pub(crate) struct Inputs {
    /// Leave the model for search by meaning out
    #[arg(long)]
    pub(crate) without_model: bool,
    /// Seconds since 1970 that everything in the package is dated with; that of the last commit when left out
    #[arg(long, env = "SOURCE_DATE_EPOCH", value_name = "SECONDS")]
    pub(crate) source_date_epoch: Option<u64>,
}

impl Inputs {
    pub(crate) fn seconds(&self) -> Result<u64> {
        if let Some(seconds) = self.source_date_epoch {
            return Ok(seconds);
        }
        let mut git = Command::new("git");
        git.args(["log", "--max-count=1", "--format=%ct"]).current_dir(repository::root());
        command::read(&mut git)?.trim().parse().context("git tells no time")
    }

    /// The model's files, which `cargo xtask model` installed.
    pub(crate) fn models(&self) -> Result<Tree> {
        let mut tree = Tree::default();
        if self.without_model {
            return Ok(tree);
        }
        let directory = repository::root().join(model::DIRECTORY);
        let listed = fs::read_dir(&directory).ok().into_iter().flatten().collect::<Result<Vec<_>, _>>()?;
        ensure!(
            !listed.is_empty(),
            "there is no model: run `cargo xtask model` first, or say --without-model"
        );
        for file in listed {
            let name = file.file_name().into_string().ok().context("the model's file has a strange name")?;
            tree.copy(&format!("{MODELS}/{name}"), 0o644, &file.path())?;
        }
        Ok(tree)
    }
}

/// The licences, where Debian and everybody else looks for them.
pub(crate) fn licences(tree: &mut Tree) -> Result<()> {
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        tree.copy(&format!("usr/share/doc/labkeeper/{name}"), 0o644, &repository::root().join(name))?;
    }
    Ok(())
}

/// The version that the workspace has.
pub(crate) fn version() -> Result<String> {
    let manifest =
        fs::read_to_string(repository::root().join("Cargo.toml")).context("cannot read Cargo.toml")?;
    let manifest: Table = manifest.parse().context("Cargo.toml is not TOML")?;
    let version = manifest.get("workspace").and_then(|it| it.get("package")?.get("version")?.as_str());
    Ok(version.context("Cargo.toml names no version")?.to_owned())
}

/// Packed without the time and machine that gzip would note.
pub(crate) fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let packer = GzBuilder::new().mtime(0).operating_system(255);
    let mut packer = packer.write(Vec::new(), Compression::best());
    packer.write_all(content)?;
    Ok(packer.finish()?)
}

pub(crate) fn sha256(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a finished package and says what it is.
pub(crate) fn keep(directory: &Path, name: &str, content: &[u8]) -> Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    let path = directory.join(name);
    fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}  {}", sha256(content), path.display());
    Ok(())
}
