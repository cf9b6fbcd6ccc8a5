//! `name = value` in the many ways that people and programs write it.

use std::ops::Range;

use super::below::{below, is_block_sign, list_items, nested};
use super::framed::framed;
use super::harmless::has_digit;
use super::inline::{self, Setting};
use super::judge::{Standing, is_opaque, is_random, is_secret};
use super::lexicon::Certainty;
use super::loose::passed_over;
use super::name::Key;
use super::place::place;
use super::quoted::{self, mark};
use super::shapes::{array, fallback, paired, series, wrapped};
use super::surroundings::{Place, is_first, is_series};
use super::verdict::judged;
use crate::page::{Page, run};
use crate::span::Span;

/// The secrets that stand under `key`.
pub(crate) fn secrets_under(page: &Page<'_>, key: &Key<'_>) -> Vec<Span> {
    let lead = page.before(key.start);
    let Some(place) = place(page, key, lead) else { return Vec::new() };
    let taken = match place {
        Place::At { at, standing, spaced } => value_at(page, key, lead, at, standing, spaced),
        Place::Range(range, standing) => judged(page, key.certainty, range, standing).into_iter().collect(),
    };
    let nearer = passed_over(page, key, lead, taken.first().map_or(page.text.len(), |first| first.start));
    taken.into_iter().chain(nearer).map(|range| Span::new(without_user(page, key, range), key.name)).collect()
}

/// `credentials: bob:x` is a login: who it is stays.
fn without_user(page: &Page<'_>, key: &Key<'_>, range: Range<usize>) -> Range<usize> {
    let name = key.name.to_ascii_lowercase();
    let is_login =
        ["credential", "credentials", "creds", "userpass", "auth"].iter().any(|end| name.ends_with(end));
    let value = &page.text[range.clone()];
    let user = run(value, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@' | b'-'));
    let is_parted = is_login && (2..32).contains(&user) && value[user..].starts_with(':');
    if is_parted && value.len() >= user + 5 && !value[user..].starts_with("://") {
        return range.start + user + 1..range.end;
    }
    range
}

/// Reads and judges what begins at `at`.
pub(super) fn value_at(
    page: &Page<'_>,
    key: &Key<'_>,
    lead: &str,
    at: usize,
    standing: Standing,
    spaced: bool,
) -> Vec<Range<usize>> {
    let rest = page.rest(at);
    let certainty = key.certainty;
    if rest.trim().is_empty() || is_block_sign(rest.trim_end()) {
        return below(page, key, lead, at, !rest.trim().is_empty());
    }
    // `PWD={x};` of ODBC
    if let Some((inner, after)) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'))
        && lead.contains(';')
        && certainty == Certainty::Strong
        && inner.len() >= 4
        && !inner.contains([' ', '{', '"'])
        && (after.is_empty() || after.starts_with([';', '"', '\'', ' ']))
    {
        return judged(page, certainty, at + 1..at + 1 + inner.len(), Standing::Quoted).into_iter().collect();
    }
    if rest.starts_with("{0x") || rest.starts_with("{ 0x") {
        return list_items(page, certainty, at + 1, &rest[1..rest.find('}').unwrap_or(rest.len())]);
    }
    // `"{{ 'x' | password_hash(…) }}"`
    if let Some(inner) = ["\"{{ '", "{{ '", "'{{ \""].iter().find(|open| rest.starts_with(**open)) {
        let Some(quoted) = quoted::read(page, at + inner.len() - 1) else { return Vec::new() };
        let is_piped = page.rest(quoted.end).trim_start().starts_with("| password_hash");
        return if is_piped {
            judged(page, certainty, quoted.inner, Standing::Quoted).into_iter().collect()
        } else {
            Vec::new()
        };
    }
    if rest.starts_with('{') && framed(rest).is_none() {
        return nested(page, certainty, at).into_iter().collect();
    }
    if let Some(list) = rest.strip_prefix('[').filter(|list| !list.starts_with(['[', '{'])) {
        return list_items(page, certainty, at + 1, list);
    }
    if rest.starts_with(['|', '[']) || rest.starts_with("<(") {
        return Vec::new();
    }
    if let Some(range) = paired(page, lead, at) {
        return judged(page, certainty, range, Standing::Quoted).into_iter().collect();
    }
    if let Some(range) = fallback(page, key, at) {
        return vec![range];
    }
    if rest.starts_with("(\"") || rest.starts_with("('") {
        return array(page, key, at);
    }
    if let Some(range) = wrapped(page, key, at) {
        return vec![range];
    }
    if let Some(found) = series(page, key, lead, at) {
        return found;
    }
    if let Some(range) = framed(rest).filter(|_| {
        rest.starts_with(['<', '{', '\\', '«', '„', '“', '*', '_'])
            || rest.starts_with("''") && !rest.starts_with("'''")
    }) {
        return judged(page, certainty, at + range.start..at + range.end, Standing::Quoted)
            .into_iter()
            .collect();
    }
    let at = at + declared_type(rest) + prefix(&rest[declared_type(rest)..]);
    let bold = run(page.rest(at), |byte| byte == b'*');
    let at = at + if bold == 2 { 2 } else { 0 };
    let at = at + run(page.rest(at), |byte| byte == b' ');
    if mark(page.rest(at)).is_some() {
        let Some(quoted) = quoted::read(page, at) else { return Vec::new() };
        let mark = mark(page.rest(at)).unwrap_or("\"");
        let closes_other = !quoted.is_closed && lead.matches(mark).count() % 2 == 1;
        // In backticks with blanks: a command of a shell.
        let said = &page.text[quoted.inner.clone()];
        let is_command =
            mark == "`" && said.contains(' ') && !(certainty == Certainty::Strong && inline::is_phrase(said));
        if closes_other || is_command {
            return Vec::new();
        }
        return judged(page, certainty, quoted.inner, Standing::Quoted).into_iter().collect();
    }
    let setting = Setting {
        is_first: is_first(lead) || is_series(key.name),
        is_spaced: spaced,
        is_flow: lead.contains(['{', '[', '(']) && !lead.contains("${"),
        around: lead
            .trim_end_matches('-')
            .chars()
            .next_back()
            .filter(|last| matches!(last, '"' | '\''))
            .filter(|_| page.byte(key.end) == Some(b'=') || page.byte(key.end) == Some(b':')),
        is_query: lead.ends_with(['?', '&']) || lead.ends_with("&amp;"),
        is_variable: !key.name.bytes().any(|byte| byte.is_ascii_lowercase()),
    };
    let rest = page.rest(at);
    let mut length = inline::length(rest, &setting);
    // What ends the sentence is not the value's.
    if standing == Standing::Loose && rest[..length].ends_with('.') && !rest[..length].ends_with("..") {
        length -= 1;
    }
    let first_word = rest.find(char::is_whitespace).unwrap_or(rest.len()).min(length);
    // "password: kw1 and then some words": the first word may still be one.
    if length > first_word
        && !is_secret(certainty, &rest[..length], standing)
        && (is_random(&rest[..first_word])
            || is_opaque(&rest[..first_word]) && is_variable(&rest[first_word..])
            // `pw=x1 (old one was y1)`
            || certainty == Certainty::Strong && rest[first_word..].trim_start().starts_with(['(', '-', '–']) && is_opaque(&rest[..first_word]))
    {
        length = first_word;
    }
    judged(page, certainty, at..at + length, standing).into_iter().collect()
}

/// ` DB_NAME=lab`: of the environment, the next that is set.
fn is_variable(rest: &str) -> bool {
    let rest = rest.trim_start();
    let name = run(rest, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    name > 1 && rest[name..].starts_with('=')
}

/// `String = ` of `password: String = "x"`.
fn declared_type(rest: &str) -> usize {
    let name =
        run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'&' | b'<' | b'>' | b':' | b'?'));
    let after = &rest[name..];
    let value = after
        .trim_start()
        .strip_prefix('=')
        .map(str::trim_start)
        .filter(|value| name > 1 && !has_digit(&rest[..name]) && mark(value).is_some());
    value.map_or(0, |value| rest.len() - value.len())
}

/// `b"…"`, `Some("…")`, `$'…'`: what may stand before a quotation mark.
fn prefix(rest: &str) -> usize {
    const BEFORE: &[&str] = &[
        "b",
        "r",
        "u",
        "f",
        "@",
        "$",
        "Some(",
        "Secret(",
        "SecretString(",
        "SecretStr(",
        "str(",
        "String(",
        "new Password(",
        "base64:",
        "string:",
        "hash:",
    ];
    BEFORE
        .iter()
        .find(|before| {
            rest.strip_prefix(**before).is_some_and(|after| mark(after).is_some() || before.ends_with(':'))
        })
        .map_or(0, |before| before.len())
}
