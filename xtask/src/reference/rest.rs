//! Routes by area.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::cell::cell;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub(super) fn body(openapi: &Value) -> Result<String> {
    let mut areas: BTreeMap<&str, String> = BTreeMap::new();
    for (path, methods) in openapi["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(route) = methods.get(method) else { continue };
            let area = areas.entry(route["tags"][0].as_str().unwrap_or_default()).or_default();
            let summary = cell(route["summary"].as_str().unwrap_or_default());
            let _ = writeln!(area, "| `{} {path}` | {summary} |", method.to_uppercase());
        }
    }
    let mut text = String::new();
    for tag in openapi["tags"].as_array().into_iter().flatten() {
        let (Some(name), about) = (tag["name"].as_str(), tag["description"].as_str()) else { continue };
        let Some(routes) = areas.remove(name) else { continue };
        let _ =
            write!(text, "## {name}\n\n{}\n\n| | |\n|---|---|\n{routes}\n", cell(about.unwrap_or_default()));
    }
    // Else the page would say less than there is, and nobody would see it.
    ensure!(areas.is_empty(), "the OpenAPI document says nothing about the areas {:?}", areas.keys());
    Ok(text)
}
