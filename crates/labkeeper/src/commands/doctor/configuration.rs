//! The configuration: whether it is understood, and each value with its source.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::checkup::{Finding, Level};
use serde_json::json;

use super::check::Check;
use crate::commands::context::Context;
use crate::config::{Config, Value, keys};
use crate::render;

/// It was read, or nothing of this would run.
pub(super) fn understood(config: &Config) -> Finding {
    let sections = config.sections.values().flat_map(|values| values.values());
    let sources: BTreeSet<String> = config
        .effective
        .values()
        .chain(sections)
        .map(|value| value.source.shown())
        .filter(|shown| shown != "default")
        .collect();
    let finding = Check::Configuration.ok("every key and value is understood");
    if sources.is_empty() {
        return finding.with_detail("nothing is set: all values are the defaults");
    }
    let sources: Vec<String> = sources.into_iter().collect();
    finding.with_detail(format!("from {}; `labkeeper doctor --config` shows each", sources.join(", ")))
}

/// It could not be read.
pub(super) fn broken(error: &anyhow::Error) -> Finding {
    Check::Configuration
        .finds(Level::Crit, format!("{error:#}"))
        .with_remedy("mend what it names: nothing of labkeeper starts before that")
}

/// Prints each value and where it came from, secrets masked; the sections of clusters too.
pub(super) fn show(context: &Context) -> Result<ExitCode> {
    let config = &context.config;
    let plain = shown("", &config.effective);
    let sections = config.sections.iter().flat_map(|(name, values)| shown(name, values));
    let rows: Vec<[String; 3]> = plain.into_iter().chain(sections).collect();
    if context.json {
        let list: Vec<serde_json::Value> = rows
            .iter()
            .map(|[key, value, source]| json!({"key": key, "value": value, "source": source}))
            .collect();
        render::print_json(&json!(list))?;
    } else {
        let rows: Vec<Vec<String>> = rows.into_iter().map(Into::into).collect();
        render::print(&render::table(&["key", "value", "source"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Key, value and source of each, in the order of the documentation. `section` is the name of a cluster, or empty.
fn shown(section: &str, values: &BTreeMap<&'static str, Value>) -> Vec<[String; 3]> {
    let rows = keys().filter_map(|key| {
        let value = values.get(key.path)?;
        let text = if key.secret && !value.text.is_empty() { "(set)".into() } else { value.text.clone() };
        let path = match key.path.split_once('.') {
            Some((table, name)) if !section.is_empty() => format!("{table}.{section}.{name}"),
            _ => key.path.to_owned(),
        };
        Some([path, text, value.source.shown()])
    });
    rows.collect()
}
