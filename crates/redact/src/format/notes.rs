//! What people wrote down for themselves and others: the rules for lines that are neither settings nor logs.

use super::hints::Hints;
use super::prose::{Word, is_code, words};
use super::traits::{Traits, is_logged};
use super::{literals, spoken, stray};
use crate::placeholder;
use crate::span::Span;

/// Whether a line may hold what only [`secrets`] finds, though no word announces it.
pub(super) fn may_hold(line: &str, traits: &Traits) -> bool {
    traits.has_mark() && stray::has_mark(line) && !is_logged(line, traits)
}

/// The passwords of a line by what they look like, and by the words around them.
pub(super) fn secrets(line: &str, start: usize, traits: &Traits, hints: Hints) -> Vec<Span> {
    let is_named = hints.has_key || hints.has_admin || hints.has_slash;
    let has_mark = traits.has_mark() && stray::has_mark(line);
    if line.len() > 400 || !has_mark && !is_named || is_logged(line, traits) || placeholder::is_in(line) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if traits.has_quote() && (has_mark || hints.has_admin) {
        found.extend(literals::passwords(line));
    }
    let is_sentence = traits.blanks >= 2 || hints.has_admin;
    let has_grown = is_sentence && is_named && line.len() < 240 && spoken::may_hold(line);
    let may_be_code = hints.has_key && is_sentence && line.len() < 160;
    if (has_mark || has_grown || may_be_code) && !is_code(line) {
        let words = words(line);
        found.extend(by_words(line, &words, hints, has_mark, has_grown));
    }
    found.into_iter().map(|range| Span::new(start + range.start..start + range.end, "password")).collect()
}

fn by_words(
    line: &str,
    words: &[Word<'_>],
    hints: Hints,
    has_mark: bool,
    has_grown: bool,
) -> Vec<std::ops::Range<usize>> {
    let mut found = if has_mark { stray::marked(line, words) } else { Vec::new() };
    if hints.has_key {
        found.extend(stray::codes(words));
    }
    if has_grown && hints.has_key {
        found.extend(spoken::passwords(words));
    }
    if has_grown {
        found.extend(spoken::beside_user(line, words));
    }
    found
}
