//! How the audit log is kept: where its checkpoints go, and what becomes of its mirror.

use std::path::PathBuf;

use anyhow::{Result, bail};
use reqwest::Url;

use super::health::whole;
use super::sources::Values;

/// Settings of the audit log.
#[derive(Debug, Clone)]
pub(crate) struct Audit {
    /// Where checkpoints go.
    pub(crate) anchors: Vec<Place>,
    /// Bytes from which on a file of the mirror is complete.
    pub(crate) segment_bytes: u64,
    /// Days that complete files of the mirror are kept; 0 for ever.
    pub(crate) keep_days: u32,
}

/// Somewhere outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Directory(PathBuf),
    Url(Url),
}

/// # Errors
/// Names the value and what it wants; never the address, which may hold a secret.
pub(super) fn audit(values: &Values) -> Result<Audit> {
    let mut anchors = Vec::new();
    if let Some(value) = values.get("audit.anchor") {
        for text in value.text.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            let Some(place) = place(text) else {
                bail!(
                    "{} wants absolute paths of directories and https:// addresses, separated by commas",
                    value.source.name("audit.anchor")
                );
            };
            anchors.push(place);
        }
    }
    let megabytes = u64::from(whole(values, "audit.segment_mb")?);
    if megabytes == 0 {
        bail!("audit.segment_mb wants a whole number from 1 on");
    }
    Ok(Audit {
        anchors,
        segment_bytes: megabytes * 1024 * 1024,
        keep_days: whole(values, "audit.keep_days")?,
    })
}

/// Without TLS only on this machine: whoever sits between could take a checkpoint and say that it was kept.
fn place(text: &str) -> Option<Place> {
    if text.starts_with('/') {
        return Some(Place::Directory(text.into()));
    }
    let url = Url::parse(text).ok()?;
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    (is_safe && url.has_host()).then_some(Place::Url(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_safe_addresses_are_places_and_nothing_else() {
        assert_eq!(place("/mnt/anchor"), Some(Place::Directory("/mnt/anchor".into())));
        for good in ["https://ntfy.sh/topic", "http://127.0.0.1:8080/x", "http://[::1]/x"] {
            assert!(matches!(place(good), Some(Place::Url(_))), "{good}");
        }
        for wrong in ["anchor", "http://ntfy.sh/topic", "ftp://x/y", "https://", "file:///etc"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
