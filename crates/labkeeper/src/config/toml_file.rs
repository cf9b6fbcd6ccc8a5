//! Reading TOML without telling what stands in it: a file of ours holds secrets.

use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// The table in that file.
///
/// # Errors
/// When it cannot be read, or is no TOML: then with the line, but never with what stands there.
pub(super) fn read(path: &Path) -> Result<toml::Table> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse().map_err(|error: toml::de::Error| {
        // The error must not be kept as the source: shown, it quotes the line.
        let begin = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..begin].iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow!("{} is not valid TOML in line {line}: {}", path.display(), error.message())
    })
}
