//! Tokens that say themselves whose they are, by how they begin.

use std::ops::Range;
use std::sync::LazyLock;

use super::kinds::Alphabet::{Dotted, Url};
use super::kinds::{KINDS, Kind};
use crate::key::harmless::is_stand_in;
use crate::key::judge::{is_random, is_uuid};
use crate::page::{Page, run};
use crate::span::Span;

/// The token of `kind` that begins at `at`, without its beginning.
pub(crate) fn token_at(page: &Page<'_>, kind: &Kind, at: usize) -> Option<Span> {
    let longer = |other: &Kind| {
        other.beginning.len() > kind.beginning.len() && page.text[at..].starts_with(other.beginning)
    };
    if !begins_word(page, at) || !page.text[at..].starts_with(kind.beginning) {
        return None;
    }
    if KINDS.iter().any(longer) {
        return None;
    }
    let start = at + kind.beginning.len();
    let text = page.ahead(start, 4096);
    let length = run(text, |byte| kind.alphabet.has(byte));
    page.note(length);
    let body = text[..length].trim_end_matches(['.', '-']);
    let exact = exact_id(kind) && body.len() != 16;
    let is_word = kind.least < 40
        && body.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'));
    // Beside the word "id" it is one.
    let is_named_id = exact_id(kind)
        && page
            .before(at)
            .trim_end_matches(['"', '\'', ' ', ':', '=', '\\', '\t', '>'])
            .to_ascii_lowercase()
            .ends_with("id");
    let is_token = !is_named_id
        && body.len() >= kind.least
        && !exact
        && !is_word
        && !is_stand_in(body)
        && (!is_uuid(body) || kind.beginning.starts_with("pat-"))
        && (kind.beginning != "AQ" || body.len() == 38 && body.ends_with("=="))
        && (kind.beginning.len() > 2
            || kind.beginning == "AQ"
            || is_random(body) && body.len() == kind.least);
    // The id of an AWS key has no part that could go alone.
    let start = if exact_id(kind) { at } else { start };
    is_token.then(|| Span::new(start..start + body.len() + if start == at { 4 } else { 0 }, kind.name))
}

/// Keys of AWS have an id of exactly this form.
fn exact_id(kind: &Kind) -> bool {
    matches!(kind.beginning, "AKIA" | "ASIA")
}

fn begins_word(page: &Page<'_>, at: usize) -> bool {
    !page.byte_before(at).is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// How much of a value's beginning only says what kind of token it is.
pub(crate) fn public_prefix(value: &str) -> usize {
    let Some(first) = value.bytes().next() else { return 0 };
    let lengths = SHOWN[usize::from(first & 127)].iter().filter(|beginning| value.starts_with(**beginning));
    lengths.map(|beginning| beginning.len()).max().unwrap_or_default()
}

/// Beginnings that may be seen, by their first letter.
static SHOWN: LazyLock<[Vec<&str>; 128]> = LazyLock::new(|| {
    let is_shown = |kind: &&Kind| {
        !exact_id(kind)
            && !matches!(kind.beginning, "eyJhIjoi" | "SWMTKN-1-")
            && (kind.beginning.len() >= 4 || kind.beginning.ends_with(['-', '_', '.']))
    };
    std::array::from_fn(|first| {
        let shown = KINDS.iter().filter(is_shown).map(|kind| kind.beginning);
        shown.filter(|beginning| usize::from(beginning.as_bytes()[0]) == first).collect()
    })
});

/// How the ids of users of Discord begin in base64.
pub(crate) const DISCORD: &[&str] = &["MT", "MD", "Mz", "Mj", "Nj", "NT", "Nz", "ND", "OD", "OT"];

/// The token of a bot: its id, when it was made, and what proves it.
pub(crate) fn discord_at(page: &Page<'_>, at: usize) -> Option<Span> {
    if !begins_word(page, at) || !DISCORD.iter().any(|begin| page.text[at..].starts_with(begin)) {
        return None;
    }
    let text = page.ahead(at, 96);
    let length = run(text, |byte| Dotted.has(byte));
    page.note(length);
    let mut parts = text[..length].split('.');
    let (id, made, proof) = (parts.next()?, parts.next()?, parts.next()?);
    let fits =
        (23..=28).contains(&id.len()) && (5..=7).contains(&made.len()) && (27..=50).contains(&proof.len());
    (fits && parts.next().is_none()).then(|| Span::new(at..at + length, "discord_token"))
}

/// A JSON Web Token that begins at `at`: three parts with dots, or the two of one that was cut.
pub(crate) fn jwt_at(page: &Page<'_>, at: usize) -> Option<Span> {
    if !begins_word(page, at) || !page.text[at..].starts_with("eyJ") {
        return None;
    }
    let text = page.ahead(at, 8192);
    let length = run(text, |byte| Dotted.has(byte) || byte == b'=');
    page.note(length);
    let token = text[..length].trim_end_matches('.');
    let parts = token.split('.').count();
    let fits =
        parts >= 2 && token.len() >= 40 && token.split('.').next().is_some_and(|head| head.len() >= 12);
    (fits && !is_stand_in(token)).then(|| Span::new(at..at + token.len(), "jwt"))
}

/// A Telegram bot's token around the `:AA` at `at`: digits before, the secret behind.
pub(crate) fn telegram_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let before = &page.text.as_bytes()[at.saturating_sub(12)..at];
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let text = page.ahead(at + 1, 64);
    let length = run(text, |byte| Url.has(byte));
    let fits = (8..=11).contains(&digits) && (30..=40).contains(&length) && text.starts_with("AA");
    fits.then(|| Span::new(at - digits..at + 1 + length, "telegram_bot_token"))
}

/// `K10<hash>::server:<secret>`, the token of a k3s cluster, whole.
pub(crate) fn k3s_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let text = page.ahead(at, 512);
    let inner = text.strip_prefix("K10")?;
    let hash = run(inner, |byte| byte.is_ascii_hexdigit());
    let secret = inner[hash..].strip_prefix("::")?;
    let length = run(secret, |byte| Url.has(byte) || matches!(byte, b':' | b'.'));
    let whole: Range<usize> = at..at + 3 + hash + 2 + length;
    (hash >= 32 && length >= 8).then(|| Span::new(whole, "k3s_token"))
}
