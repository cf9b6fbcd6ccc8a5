//! What `cargo metadata` says about the packages and who depends on whom.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    Build,
    Test,
}

pub(super) struct Edge {
    /// Index into [`Metadata::packages`].
    pub(super) to: usize,
    pub(super) kind: Kind,
}

pub(super) struct Package {
    pub(super) name: String,
    /// An SPDX expression, as the author wrote it.
    pub(super) licence: Option<String>,
    /// The oldest Rust that it says it builds with, as in `1.94.0`; `None` when it says nothing.
    pub(super) oldest_rust: Option<String>,
    /// It comes from crates.io, not from git or another registry; always false for members.
    pub(super) is_from_crates_io: bool,
    pub(super) is_member: bool,
    pub(super) dependencies: Vec<Edge>,
}

pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
}

impl Metadata {
    /// Only what is built for this machine's platform: the rest need not be downloaded.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let versions = command::read(Command::new("rustc").arg("-vV"))?;
        let host =
            versions.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
        let mut cargo = Command::new("cargo");
        cargo.args(["metadata", "--format-version", "1", "--filter-platform", host]).current_dir(root);
        let json =
            serde_json::from_str(&command::read(&mut cargo)?).context("cargo metadata printed no JSON")?;
        Self::parse(&json).context("cargo metadata has another shape than expected")
    }

    fn parse(json: &Value) -> Option<Self> {
        let listed: HashMap<&str, &Value> = json["packages"]
            .as_array()?
            .iter()
            .filter_map(|package| Some((package["id"].as_str()?, package)))
            .collect();
        let members: Vec<&str> =
            json["workspace_members"].as_array()?.iter().filter_map(Value::as_str).collect();
        let nodes = json["resolve"]["nodes"].as_array()?;
        let place: HashMap<&str, usize> = nodes
            .iter()
            .enumerate()
            .filter_map(|(index, node)| Some((node["id"].as_str()?, index)))
            .collect();
        let packages = nodes.iter().map(|node| {
            let id = node["id"].as_str()?;
            let package = listed.get(id)?;
            Some(Package {
                name: package["name"].as_str()?.to_owned(),
                licence: package["license"].as_str().map(str::to_owned),
                oldest_rust: package["rust_version"].as_str().map(str::to_owned),
                is_from_crates_io: package["source"]
                    .as_str()
                    .is_some_and(|source| source.ends_with("/crates.io-index")),
                is_member: members.contains(&id),
                dependencies: node["deps"].as_array()?.iter().flat_map(|dep| edges(dep, &place)).collect(),
            })
        });
        Some(Self { packages: packages.collect::<Option<_>>()? })
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.is_member)
    }

    pub(super) fn name_of(&self, edge: &Edge) -> &str {
        &self.packages[edge.to].name
    }
}

fn edges(dependency: &Value, place: &HashMap<&str, usize>) -> Vec<Edge> {
    let to = dependency["pkg"].as_str().and_then(|id| place.get(id));
    let kinds = dependency["dep_kinds"].as_array();
    let (Some(&to), Some(kinds)) = (to, kinds) else { return Vec::new() };
    let kind = |entry: &Value| match entry["kind"].as_str() {
        Some("dev") => Kind::Test,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    };
    kinds.iter().map(|entry| Edge { to, kind: kind(entry) }).collect()
}
