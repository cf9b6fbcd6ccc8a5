//! Tables with a heading: the column of a secret's name holds secrets.

use crate::core_of::core_of;
use crate::key::judge::{Standing, is_opaque, is_secret};
use crate::key::lexicon::{Certainty, classify};
use crate::span::Span;

/// A heading that was read, as long as rows follow.
pub(crate) struct Table {
    mark: char,
    columns: usize,
    secret: Vec<(usize, String)>,
}

/// The table that `line` is the heading of.
pub(crate) fn heading(line: &str) -> Option<Table> {
    let mark = [',', '\t', '|', ';'].into_iter().find(|mark| line.contains(*mark))?;
    let names: Vec<&str> = line.split(mark).map(|name| name.trim().trim_matches('"')).collect();
    let is_name = |name: &&str| {
        !name.is_empty()
            && name.len() < 32
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' '))
    };
    if names.len() < 2 || !names.iter().all(|name| is_name(name) || mark == '|' && name.is_empty()) {
        return None;
    }
    let secret: Vec<(usize, String)> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| classify(name, None) >= Some(Certainty::Medium) || is_seed(name))
        .map(|(at, name)| (at, (*name).to_owned()))
        .collect();
    (!secret.is_empty()).then_some(Table { mark, columns: names.len(), secret })
}

/// What one-time codes are made from.
fn is_seed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["totp", "otp", "seed", "otpauth"].iter().any(|end| name.ends_with(end))
}

impl Table {
    /// The secrets of a row; `None` when the line is no row, and the table over.
    pub(crate) fn row(&self, line: &str, start: usize) -> Option<Vec<Span>> {
        let is_rule = line.len() > 2
            && line.bytes().all(|byte| matches!(byte, b'-' | b'+' | b'|' | b'=' | b':' | b' '));
        if is_rule {
            return Some(Vec::new());
        }
        let cells: Vec<&str> = line.split(self.mark).collect();
        if cells.len() != self.columns {
            return None;
        }
        let mut found = Vec::new();
        for (column, name) in &self.secret {
            let at =
                start + cells[..*column].iter().map(|cell| cell.len() + self.mark.len_utf8()).sum::<usize>();
            let cell = cells[*column];
            let bare = cell.trim().trim_matches('"');
            let offset = at + cell.find(bare).unwrap_or_default();
            if let Some(core) = core_of(bare)
                && is_secret(Certainty::Strong, bare, Standing::Assigned)
                && (is_opaque(bare) || self.mark != '|')
            {
                found.push(Span::new(offset + core.start..offset + core.end, name));
            }
        }
        Some(found)
    }
}
