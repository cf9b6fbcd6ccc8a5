//! The connections that `labkeeper setup` made: a file of its own for each, `proxmox/<name>.toml` in the data directory, with the keys of a
//! section `[proxmox.<name>]`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use labkeeper_core::pve::ClusterName;

use super::sources::{Values, section_of};
use super::toml_file;
use crate::secret_files;

/// Where the files of a connection lie.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    directory: PathBuf,
    name: ClusterName,
}

impl Connection {
    pub(crate) fn new(data_dir: &Path, name: &ClusterName) -> Self {
        Self { directory: directory(data_dir), name: name.clone() }
    }

    /// Its settings, with the token's secret.
    pub(crate) fn settings(&self) -> PathBuf {
        self.file("toml")
    }

    /// The private key that it logs in with.
    pub(crate) fn key(&self) -> PathBuf {
        self.file("key")
    }

    /// Makes the directory, private to its owner.
    ///
    /// # Errors
    /// When it cannot be made, or others may write to it.
    pub(crate) fn prepare(&self) -> Result<()> {
        secret_files::private_dir(&self.directory)
    }

    /// A name has no dot in it, so nothing of it is taken for an ending.
    fn file(&self, ending: &str) -> PathBuf {
        self.directory.join(format!("{}.{ending}", self.name))
    }
}

fn directory(data_dir: &Path) -> PathBuf {
    data_dir.join("proxmox")
}

/// Adds each connection to the sections of the configuration file.
///
/// # Errors
/// When a file may be read by others, holds an unknown key, or has the name of a section.
pub(super) fn add(sections: &mut BTreeMap<String, Values>, data_dir: &Path) -> Result<()> {
    let directory = directory(data_dir);
    if !directory.is_dir() {
        return Ok(());
    }
    let entries =
        std::fs::read_dir(&directory).with_context(|| format!("cannot look into {}", directory.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("cannot look into {}", directory.display()))?.path();
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.extension().is_none_or(|ending| ending != "toml") || name.parse::<ClusterName>().is_err() {
            continue;
        }
        let values = read(&path, name)?;
        if sections.insert(name.to_string(), values).is_some() {
            bail!(
                "the Proxmox cluster {name} has a section in the configuration file and is set up in {}: take the section out, or \
                 remove that file",
                path.display()
            );
        }
    }
    Ok(())
}

fn read(path: &Path, name: &str) -> Result<Values> {
    secret_files::refuse_wide_permissions(path)?;
    let table = toml_file::read(path).map_err(|error| {
        anyhow!("{error:#}; mend it, or remove the file and run `labkeeper setup --name {name}` again")
    })?;
    section_of("proxmox", &table, path)
}
