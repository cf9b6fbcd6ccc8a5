//! Files that are secret as a whole, by their path.

use super::hashes::second_field;
use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::{is_opaque, is_random};
use crate::page::{lines, offset, run, words as parts};
use crate::paths::Place;
use crate::span::Span;

/// The secrets of a text that comes from such a place.
pub(crate) fn secrets(place: Place, text: &str) -> Vec<Span> {
    match place {
        Place::Anywhere => Vec::new(),
        Place::Hashes => lines(text).filter_map(|(start, line)| second_field(line, start)).collect(),
        Place::Names => lines(text).filter_map(|(start, line)| last_word(line, start)).collect(),
        Place::Pgpass => lines(text).filter_map(|(start, line)| fifth_field(line, start)).collect(),
        Place::Bare => lines(text).flat_map(|(start, line)| words(line, start)).collect(),
    }
}

fn last_word(line: &str, start: usize) -> Option<Span> {
    if line.trim_start().starts_with('#') {
        return None;
    }
    // `user:secret` is one word.
    let skipped = usize::from(line.split_whitespace().nth(1).is_some());
    let secret = line
        .split_whitespace()
        .skip(skipped)
        .filter(|word| {
            *word != "*" && !word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'/'))
        })
        .last()?;
    let secret = secret.split_once(':').map_or(secret, |(_, password)| password).trim_matches(['"', '\'']);
    let at = start + offset(secret, line);
    (secret.len() >= 3).then(|| Span::new(at..at + secret.len(), "secret"))
}

/// What stands after the fourth colon; a colon inside a field has a backslash before it.
fn fifth_field(line: &str, start: usize) -> Option<Span> {
    let bytes = line.as_bytes();
    let mut colons = (0..bytes.len()).filter(|&at| bytes[at] == b':' && (at == 0 || bytes[at - 1] != b'\\'));
    let at = colons.nth(3)? + 1;
    let is_remark = line.trim_start().starts_with('#');
    (!is_remark && line.len() > at).then(|| Span::new(start + at..start + line.len(), "pgpass_password"))
}

fn words(line: &str, start: usize) -> Vec<Span> {
    let is_remark = line.trim_start().starts_with('#')
        || line.contains("-----")
        || line.starts_with("ssh-")
        || line.starts_with('[')
        || line.trim_start().starts_with("caps");
    if is_remark {
        return Vec::new();
    }
    let is_alone = line.split_whitespace().nth(1).is_none();
    let mut found = Vec::new();
    for (at, word) in parts(line) {
        let at = start + at;
        let fits = (is_alone && word.len() >= 4 || is_random(word) || word.len() >= 12 && is_opaque(word))
            && !is_reference(word)
            && !is_stand_in(word);
        // `key = value` and `name: value` are read where keys are.
        let is_pair = word.ends_with([':', '=']) && !is_random(word)
            || word.contains('=')
                && !word.ends_with("==")
                && !word.trim_end_matches('=').contains('=')
                && !is_random(word)
                && !is_alone;
        // `password=x`, and nothing else: what it is called may be seen.
        let name = run(word, |byte| byte.is_ascii_lowercase() || byte == b'_');
        let named =
            is_alone && (4..24).contains(&name) && word[name..].starts_with('=') && word.len() > name + 4;
        let (word, at) = if named { (&word[name + 1..], at + name + 1) } else { (word, at) };
        if let Some(core) = core_of(word).filter(|_| fits && !is_pair && !word.starts_with(['{', '"'])) {
            found.push(Span::new(at + core.start..at + core.end, "secret"));
        }
    }
    found
}
