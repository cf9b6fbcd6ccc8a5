//! Where values come from: the environment and one TOML file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use labkeeper_core::nearest::nearest;

use super::keys::{Key, keys};
use super::toml_file;
use crate::secret_files::{read_secret_file, refuse_wide_permissions};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nothing said otherwise.
    Default,
    /// That environment variable.
    Environment(String),
    /// That file.
    File(PathBuf),
}

impl Source {
    /// How to name the value in a message.
    pub(crate) fn name(&self, key: &str) -> String {
        match self {
            Self::Default => key.to_string(),
            Self::Environment(variable) => variable.clone(),
            Self::File(path) => format!("{key} in {}", path.display()),
        }
    }

    /// For `doctor --config`.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Default => "default".into(),
            Self::Environment(variable) => format!("environment {variable}"),
            Self::File(path) => format!("file {}", path.display()),
        }
    }
}

/// A value and its source.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    /// As text.
    pub(crate) text: String,
    /// Where it came from.
    pub(crate) source: Source,
}

/// The environment, read once.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub(super) fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Values by key.
pub(super) type Values = BTreeMap<&'static str, Value>;

/// What the configuration file holds.
#[derive(Debug, Default)]
pub(super) struct File {
    /// Values by key.
    pub(super) values: Values,
    /// The sections `[proxmox.<name>]`, by name.
    pub(super) clusters: BTreeMap<String, Values>,
}

/// The configuration file; empty when there is none.
pub(super) fn config_file(given: Option<&Path>, data_dir: &Path) -> Result<File> {
    let candidates = [data_dir.join("labkeeper.toml"), PathBuf::from("/etc/labkeeper/labkeeper.toml")];
    let path = match given {
        Some(path) => path.to_path_buf(),
        None => match candidates.into_iter().find(|path| path.is_file()) {
            Some(path) => path,
            None => return Ok(File::default()),
        },
    };
    let table = toml_file::read(&path)?;
    if holds_secret(&table) {
        refuse_wide_permissions(&path)?;
    }
    let mut file = File::default();
    for (section, content) in &table {
        let toml::Value::Table(content) = content else {
            bail!("{}: \"{section}\" stands outside any [section]", path.display());
        };
        for (name, value) in content {
            match value {
                toml::Value::Table(cluster) if section == "proxmox" => {
                    file.clusters.insert(name.clone(), section_of(section, cluster, &path)?);
                }
                _ => file.values.extend(section_of(section, [(name, value)], &path)?),
            }
        }
    }
    Ok(file)
}

/// Before anything in the file is judged: whoever leaves it open hears of that first.
fn holds_secret(file: &toml::Table) -> bool {
    let is_secret =
        |section: &str, name: &str| keys().any(|key| key.secret && key.path == format!("{section}.{name}"));
    let inside = toml::Value::as_table;
    file.iter().any(|(section, content)| {
        inside(content).into_iter().flatten().any(|(name, value)| {
            is_secret(section, name)
                || inside(value).into_iter().flatten().any(|(name, _)| is_secret(section, name))
        })
    })
}

pub(super) fn section_of<'a>(
    section: &str,
    content: impl IntoIterator<Item = (&'a String, &'a toml::Value)>,
    path: &Path,
) -> Result<Values> {
    let mut values = Values::new();
    for (name, value) in content {
        let key = known(&format!("{section}.{name}"), path)?;
        values.insert(key.path, Value { text: flat(value), source: Source::File(path.into()) });
    }
    Ok(values)
}

fn known(full: &str, path: &Path) -> Result<&'static Key> {
    if let Some(key) = keys().find(|key| key.path == full) {
        return Ok(key);
    }
    match nearest(full, keys().map(|key| key.path)) {
        Some(near) => bail!("{}: there is no key {full}, did you mean {near}?", path.display()),
        None => bail!("{}: there is no key {full}; docs/configuration.md lists them", path.display()),
    }
}

fn flat(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(list) => list.iter().map(flat).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The value of every key that has one.
pub(super) fn effective(
    environment: &BTreeMap<String, String>,
    file: &BTreeMap<&'static str, Value>,
) -> Result<BTreeMap<&'static str, Value>> {
    refuse_mistyped_variables(environment)?;
    let mut effective = BTreeMap::new();
    for key in keys() {
        let value = match from_environment(key, environment)? {
            Some(value) => value,
            None => match file.get(key.path) {
                Some(value) => value.clone(),
                None => Value { text: key.default.into(), source: Source::Default },
            },
        };
        effective.insert(key.path, value);
    }
    Ok(effective)
}

fn from_environment(key: &Key, environment: &BTreeMap<String, String>) -> Result<Option<Value>> {
    for variable in key.env {
        // As OpenTelemetry has it.
        let is_unset = |text: &str| variable.starts_with("OTEL_") && text.trim().is_empty();
        if let Some(text) = environment.get(*variable).filter(|text| !is_unset(text)) {
            return Ok(Some(Value { text: text.clone(), source: Source::Environment((*variable).into()) }));
        }
        let from_file = format!("{variable}_FILE");
        if let Some(path) = environment.get(&from_file).filter(|_| key.secret) {
            return Ok(Some(Value {
                text: read_secret_file(path, &from_file)?,
                source: Source::Environment(from_file),
            }));
        }
    }
    Ok(None)
}

/// A mistyped variable of ours would silently do nothing.
fn refuse_mistyped_variables(environment: &BTreeMap<String, String>) -> Result<()> {
    const ELSEWHERE: [&str; 6] = [
        "LABKEEPER_DATA_DIR",
        "LABKEEPER_CONFIG",
        "LABKEEPER_UI_DIST",
        "LABKEEPER_UI_REQUIRED",
        "LABKEEPER_SKIP_MODEL_TESTS",
        "LABKEEPER_TEST",
    ];
    let names = || keys().flat_map(|key| key.env).copied();
    for variable in environment.keys().filter(|name| name.starts_with("LABKEEPER_")) {
        let plain = variable.strip_suffix("_FILE").unwrap_or(variable);
        if names().any(|known| known == plain) || ELSEWHERE.iter().any(|known| plain.starts_with(known)) {
            continue;
        }
        match nearest(plain, names()) {
            Some(near) => bail!("there is no variable {variable}, did you mean {near}?"),
            None => bail!("there is no variable {variable}; docs/configuration.md lists them"),
        }
    }
    Ok(())
}
