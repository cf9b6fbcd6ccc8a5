//! The suites that drive the real binary from outside: a browser, MCP clients, schemathesis, proxmoxer. Each lies in a folder of
//! `e2e/`; this brings what they need and starts them. Those of a hub can be told on servers in place of its directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::redis::REDIS;
use super::{machine, postgres};
use crate::install::debian::{self, Program};
use crate::install::node;
use crate::install::python::Python;
use crate::{binary, command, model, repository, web};

/// The variables that tell a suite of servers.
const SERVERS: [&str; 3] =
    ["LABKEEPER_TEST_DATABASE_URL", "LABKEEPER_TEST_REDIS_URL", "LABKEEPER_TEST_QDRANT_URL"];

/// What hubs are on: nothing but their directories, or servers that the suites are told of by these variables.
#[derive(Default)]
pub(super) struct Place {
    servers: Option<[String; 3]>,
}

impl Place {
    /// PostgreSQL, Redis and Qdrant, where these say they are.
    pub(super) fn on(servers: [String; 3]) -> Self {
        Self { servers: Some(servers) }
    }

    fn tell(&self, suite: &mut Command) {
        // Nothing but what its stage started, so that it is known which engine it was about.
        for name in SERVERS {
            suite.env_remove(name);
        }
        suite.envs(self.servers.iter().flat_map(|urls| SERVERS.iter().zip(urls)));
    }
}

/// Stories in headless Chromium, with axe and a clean console: all, or those of files with such names.
pub(super) fn browser(place: &Place, names: &[&str], summaries: &mut Vec<String>) -> Result<()> {
    debian::ensure(&[Program { name: "chromium", package: "chromium" }])?;
    // Stories in the demo go inside of its guests.
    debian::ensure(machine::PROGRAMS)?;
    let directory = e2e();
    node::install(&directory)?;
    web::build()?;
    let binary = binary::build_with_tests(&[])?;
    model::install_with(&binary)?;
    let mut stories = node::npm(&directory);
    stories.args(["run", "test", "--"]).args(names).env("LABKEEPER_BINARY", binary);
    place.tell(&mut stories);
    machine::skip_nothing_as_root(&mut stories)?;
    command::run_keeping(&mut stories, is_browser_summary, summaries)
}

/// The official conformance suite, then an assistant's work.
pub(super) fn mcp(place: &Place, summaries: &mut Vec<String>) -> Result<()> {
    let python = python()?;
    let suite = kept_binary("labkeeper-with-fixtures", &["labkeeper/conformance"])?;
    let packages = repository::root().join("target/xtask/mcp-conformance");
    let mut conformance = script(&python, "mcp/conformance.py");
    conformance.arg("--binary").arg(suite).arg("--packages").arg(packages);
    place.tell(&mut conformance);
    let conforms = command::run_keeping(&mut conformance, |line| line.starts_with("MCP "), summaries);
    conforms.and(assistant(place, summaries))
}

/// What an assistant does, through the Python SDK.
pub(super) fn assistant(place: &Place, summaries: &mut Vec<String>) -> Result<()> {
    let mut client = script(&python()?, "mcp/client.py");
    client.arg("--binary").arg(binary::build_with_tests(&[])?);
    place.tell(&mut client);
    command::run_keeping(&mut client, |line| line.ends_with(" checks hold"), summaries)
}

/// schemathesis: what the OpenAPI document promises is what the hub answers, for each role.
pub(super) fn api(place: &Place, summaries: &mut Vec<String>) -> Result<()> {
    let python = python()?;
    let mut conformance = script(&python, "api/conformance.py");
    conformance.arg("--binary").arg(binary::build_with_tests(&[])?);
    place.tell(&mut conformance);
    command::run_keeping(&mut conformance, |line| line.starts_with("schemathesis: "), summaries)
}

/// proxmoxer in the simulated lab: what is simulated is what a real client expects.
pub(super) fn proxmox(summaries: &mut Vec<String>) -> Result<()> {
    let python = python()?;
    let mut client = script(&python, "proxmox/client.py");
    client.arg("--sim").arg(binary::simulated_lab()?);
    command::run_keeping(&mut client, |line| line.starts_with("proxmoxer: "), summaries)
}

/// What the documentation tells people to type, on a machine of its own as far as commands see, with a simulated node and with
/// the servers that pages name.
pub(super) fn docs(summaries: &mut Vec<String>) -> Result<()> {
    debian::ensure(machine::PROGRAMS)?;
    debian::ensure(&[
        REDIS,
        Program { name: "curl", package: "curl" },
        Program { name: "openssl", package: "openssl" },
        Program { name: "script", package: "bsdutils" },
        Program { name: "sudo", package: "sudo" },
    ])?;
    if !debian::is_root()? {
        summaries.push("docs: NOT RUN: that takes root".to_owned());
        return Ok(());
    }
    let python = python()?;
    let mut commands = Command::new("unshare");
    commands.args(["--net", "--mount"]).arg(python.program("python")).arg(e2e().join("docs/commands.py"));
    commands.arg("--binary").arg(binary::build_with_tests(&[])?);
    commands.arg("--sim").arg(binary::simulated_lab()?).arg("--qdrant").arg(binary::qdrant_double()?);
    commands.arg("--postgres").arg(postgres::programs()?).arg("--weed").arg(python.program("weed"));
    commands.current_dir(repository::root());
    command::run_keeping(&mut commands, |line| line.starts_with("docs: "), summaries)
}

fn e2e() -> PathBuf {
    repository::root().join("e2e")
}

pub(super) fn python() -> Result<Python> {
    let python = Python::ensure()?;
    python.install(&[&e2e().join("requirements.txt"), &e2e().join("mcp/requirements.txt")])?;
    Ok(python)
}

fn script(python: &Python, path: &str) -> Command {
    let mut script = Command::new(python.program("python"));
    script.arg(e2e().join(path)).current_dir(repository::root());
    script
}

/// A build that the next one does not replace.
fn kept_binary(name: &str, features: &[&str]) -> Result<PathBuf> {
    let built = binary::build_with_tests(features)?;
    let kept = repository::root().join("target/xtask").join(name);
    fs::create_dir_all(kept.parent().unwrap_or(Path::new("."))).context("cannot make target/xtask")?;
    fs::copy(&built, &kept).with_context(|| format!("cannot keep {}", built.display()))?;
    Ok(kept)
}

/// The closing lines of node's test runner.
fn is_browser_summary(line: &str) -> bool {
    let mut words = line.trim_start_matches(['#', 'ℹ', ' ']).split_whitespace();
    matches!(words.next(), Some("tests" | "pass" | "fail" | "skipped"))
        && words.next().is_some_and(|count| count.parse::<u32>().is_ok())
        && words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_of_nodes_runner_are_recognised() {
        assert!(is_browser_summary("ℹ tests 12"));
        assert!(is_browser_summary("# fail 0"));
        assert!(!is_browser_summary("  ✔ a keeper tests 3 things (12ms)"));
        assert!(!is_browser_summary("tests are good"));
    }
}
