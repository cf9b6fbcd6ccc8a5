//! clippy reads the nearest `clippy.toml` only, so a crate with a file of its own must repeat every ban of the root's.

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::finding::Finding;
use crate::repository::Files;

pub(super) fn check(files: &Files) -> Result<Vec<Finding>> {
    let house = banned(files, "clippy.toml")?;
    let mut findings = Vec::new();
    for own in files.ending("/clippy.toml") {
        let repeated = banned(files, own)?;
        let missing = house.iter().filter(|path| !repeated.contains(path));
        findings.extend(
            missing.map(|path| Finding::new(own, format!("does not repeat the root's ban of {path}"))),
        );
    }
    Ok(findings)
}

/// The paths of `disallowed-methods`.
fn banned(files: &Files, path: &str) -> Result<Vec<String>> {
    let table: Table =
        files.text(path)?.unwrap_or_default().parse().with_context(|| format!("{path} is not TOML"))?;
    let methods =
        table.get("disallowed-methods").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(methods.iter().filter_map(|method| method.get("path")?.as_str().map(str::to_owned)).collect())
}
