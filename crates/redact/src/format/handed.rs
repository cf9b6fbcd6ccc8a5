//! What is handed to a command whose words say that it wants a secret: `echo x | app set-password`, `app unlock <<< x`.

use std::ops::Range;

use super::persons::is_given;
use crate::core_of::core_of;
use crate::key::lexicon::{Certainty, classify};
use crate::key::quoted::{self, mark};
use crate::page::{Page, run};
use crate::span::Span;

/// Words of commands that want one, beside names of secrets.
const WANTS: &[&str] =
    &["unlock", "login", "passwd", "-p", "--stdin", "kinit", "su", "sudo", "luks", "decrypt"];

/// The word that `echo` at `at` hands on.
pub(crate) fn echoed_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let verb = run(page.rest(at), |byte| byte != b' ') + 1;
    let mut start = at + verb;
    for option in ["-n ", "-e ", "-ne ", "'%s' ", "\"%s\" ", "%s "] {
        if page.rest(start).starts_with(option) {
            start += option.len();
        }
    }
    let word = word_at(page, start)?;
    let after = page.rest(word.end).trim_start_matches(['"', '\'', ' ']);
    // `(echo x; echo x) | passwd eva`
    let is_twice = after.starts_with([';', '\\'])
        && after.find('|').is_some_and(|pipe| after[pipe..].contains("passwd"));
    if is_twice {
        return secret(page, word);
    }
    let command = after.strip_prefix('|').filter(|rest| !rest.starts_with('|'))?;
    let command = &command[..command.find(['|', ';', '&', '>']).unwrap_or(command.len())];
    wants_one(command).then(|| secret(page, word))?
}

/// The word behind `<<<` at `at`.
pub(crate) fn here_string_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let before = page.before(at);
    let command = &before[before.rfind(['|', ';', '&']).map_or(0, |sign| sign + 1)..];
    let start = at + 3 + run(page.rest(at + 3), |byte| byte == b' ');
    let word = word_at(page, start)?;
    wants_one(command).then(|| secret(page, word))?
}

fn word_at(page: &Page<'_>, start: usize) -> Option<Range<usize>> {
    let rest = page.rest(start);
    if mark(rest).is_some() {
        return Some(quoted::read(page, start)?.inner);
    }
    Some(
        start
            ..start
                + run(rest, |byte| byte.is_ascii_graphic() && !matches!(byte, b'|' | b';' | b'"' | b'\'')),
    )
}

fn wants_one(command: &str) -> bool {
    let is_name = |word: &str| {
        let bare = word.trim_start_matches('-');
        WANTS.contains(&word) || word.ends_with("passwd") || classify(bare, None) >= Some(Certainty::Medium)
    };
    command.split_whitespace().any(|word| word.split(['/', ':', '=']).any(is_name))
}

/// The word, without who it is for and what says what it is.
fn secret(page: &Page<'_>, word: Range<usize>) -> Option<Span> {
    let said = &page.text[word.clone()];
    let user = run(said, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let start = if said[user..].starts_with(':') { word.start + user + 1 } else { word.start };
    let said = &page.text[start..word.end];
    let core = core_of(said).filter(|_| is_given(said))?;
    Some(Span::new(start + core.start..start + core.end, "password"))
}
