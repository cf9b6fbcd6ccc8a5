//! The history of configurations: whether, where and of what one is kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use labkeeper_core::history::{Glob, GlobError, Watch, Watched};
use labkeeper_history::{Remote, Repository};
use labkeeper_ops::history::settings::HistorySettings;

use super::health::whole;
use super::sources::Values;

/// Where it is kept, and what.
#[derive(Debug, Clone)]
pub(crate) struct History {
    /// The repository's directory; `None` keeps none.
    pub(crate) directory: Option<PathBuf>,
    remote: Option<Remote>,
    pub(crate) settings: HistorySettings,
}

impl History {
    /// The repository; nothing is opened yet.
    pub(crate) fn repository(&self) -> Option<Repository> {
        let directory = self.directory.clone()?;
        Some(Repository::new(directory, self.remote.clone()))
    }
}

/// # Errors
/// Names the value and what it wants.
pub(super) fn history(values: &Values, data_dir: &Path) -> Result<History> {
    let is_kept = match text(values, "history.enabled") {
        "true" | "1" | "yes" => true,
        "false" | "0" | "no" => false,
        _ => return Err(wrong(values, "history.enabled", "true or false")),
    };
    let directory = match text(values, "history.dir") {
        "" => data_dir.join("config-history"),
        given => PathBuf::from(given),
    };
    let sweep_every = match whole(values, "history.sweep_minutes")? {
        0 => None,
        minutes => Some(Duration::from_secs(u64::from(minutes) * 60)),
    };
    let watch = Watch {
        hosts: watched(values, "history.host_paths")?,
        guests: watched(values, "history.guest_paths")?,
        except: parts(values, "history.exclude")
            .map(|part| Glob::parse(part).map_err(|error| pattern(values, "history.exclude", part, &error)))
            .collect::<Result<_>>()?,
        largest: match whole(values, "history.largest")? {
            0 => return Err(wrong(values, "history.largest", "a number of bytes from 1 on")),
            bytes => u64::from(bytes),
        },
    };
    Ok(History {
        directory: is_kept.then_some(directory),
        remote: remote(values)?,
        settings: HistorySettings { watch, sweep_every },
    })
}

/// The predecessor had two words for pushing, and both meant the same.
fn remote(values: &Values) -> Result<Option<Remote>> {
    match text(values, "history.push_mode") {
        "local-only" => Ok(None),
        "push" | "push-lan" | "push-encrypted" => {
            let address = text(values, "history.remote");
            let remote = Remote::new(address);
            // Its text never goes into a message.
            remote.map(Some).ok_or_else(|| {
                anyhow!("history.remote (GIT_HISTORY_REMOTE) wants the address that git pushes to, such as ssh://git@nas/lab.git")
            })
        }
        _ => Err(wrong(values, "history.push_mode", "local-only or push")),
    }
}

fn watched(values: &Values, key: &str) -> Result<Watched> {
    let parts: Vec<&str> = parts(values, key).collect();
    if let Some(part) = parts.iter().find(|part| !part.starts_with('/')) {
        bail!("{}: \"{part}\" does not begin with /: give it in full, such as /etc", name(values, key));
    }
    Watched::parse(parts.iter().copied()).map_err(|error| pattern(values, key, &parts.join(","), &error))
}

fn parts<'a>(values: &'a Values, key: &str) -> impl Iterator<Item = &'a str> {
    text(values, key).split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn pattern(values: &Values, key: &str, part: &str, error: &GlobError) -> anyhow::Error {
    anyhow!("{}: \"{part}\": {error}", name(values, key))
}

fn wrong(values: &Values, key: &str, wants: &str) -> anyhow::Error {
    anyhow!("{} wants {wants}, not \"{}\"", name(values, key), text(values, key))
}

fn text<'a>(values: &'a Values, key: &str) -> &'a str {
    values.get(key).map_or("", |value| value.text.trim())
}

fn name(values: &Values, key: &str) -> String {
    values.get(key).map_or_else(|| key.to_owned(), |value| value.source.name(key))
}
