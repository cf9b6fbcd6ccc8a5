//! The last resort: long words made by chance, on lines that speak of secrets and of nothing that is long by chance and public.

use crate::core_of::core_of;
use crate::key::harmless::{is_path, is_reference, is_stand_in};
use crate::key::judge::{is_random, is_scrambled};
use crate::page::{Page, run};
use crate::placeholder;
use crate::span::{Span, settle};

/// Shorter words may be names.
const SHORTEST: usize = 20;
/// Longer lines are data.
const LONGEST_LINE: usize = 400;

/// Words of lines that have such words and no secrets.
#[rustfmt::skip]
const PUBLIC: &[&str] = &[
    "public", "pubkey", "fingerprint", "sha1", "sha2", "sha3", "sha5", "sha-", "md5", "digest", "checksum", "cert", "integrity", "commit",
    "etag", "uuid", "image", "ssh-", "age1", "nonce", "recipient", "signature", "signing", "dkim", "dnskey", "keyid", "key id", "key_id",
    "gpg", "pgp", "authorized_", "host key", "hostkey", "peer", "allowed", "request_id", "requestid", "trace", "node_modules", "encrypted",
    "session-", "hash", "instance", "machine", "device id", "cursor", "page_token", "nextpage", "continue", "enc[", "aqab", "\"n\":", "publishable", "site_key", "sitekey", "site-key", "h1:", "lease_id", "verification=", "credentialid", "credential_id", "aaguid", "websocket", "idempotency", "accessor", "\"kty\"", "donat",
];

/// The words by chance of a line, behind the part of a secret's name that is at `key`.
pub(super) fn by_chance(line: &str, start: usize, key: usize) -> Vec<Span> {
    // What was taken out of a line may have been part of the word, or what made the line data, or public.
    if line.len() < SHORTEST || line.len() > LONGEST_LINE || placeholder::is_in(line) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, word) in long_words(line) {
        let from = at + word.len();
        // `name=value`
        let inner = word.trim_end_matches('=').rfind('=').map_or(0, |sign| sign + 1);
        let inner = inner + run(&word[inner..], |byte| byte == b'-');
        // A full stop of a sentence.
        let is_last = line[from..].starts_with(char::is_whitespace) || from >= line.len();
        let value = if is_last { word[inner..].trim_end_matches('.') } else { &word[inner..] };
        // What begins a line has a name further on, or is a piece of something longer.
        let is_named = key < start + at + inner && !line[..at + inner].trim().is_empty();
        if is_named
            && (fits(value) || is_product_key(value))
            && let Some(core) = core_of(value)
        {
            found.push(Span::new(start + at + inner + core.start..start + at + inner + core.end, "secret"));
        }
    }
    // Lowering a line costs more than looking for what is on few of them.
    if !found.is_empty() {
        let low = line.to_ascii_lowercase();
        if PUBLIC.iter().any(|word| low.contains(word)) {
            return Vec::new();
        }
    }
    found
}

/// The words by chance beside secrets that were found, behind the first of a line: what speaks of a secret need not have a name.
pub(crate) fn beside(page: &Page<'_>, found: &[Span]) -> Vec<Span> {
    let taken = settle(found.iter().map(|span| Span::new(span.start..span.end, "")).collect(), &[]);
    let mut beside = Vec::new();
    let mut until = 0;
    for first in &taken {
        if first.start < until {
            continue;
        }
        let start = first.start - page.before(first.start).len();
        let line = page.rest(start);
        until = start + line.len();
        beside.extend(by_chance(line, start, first.start));
    }
    beside.retain(|word| !is_public_half(&page.text[word.start..word.end]) && !is_part_of(word, &taken));
    beside
}

/// Whether a word overlaps one of these, which are in order, or goes on where one ends.
fn is_part_of(word: &Span, taken: &[Span]) -> bool {
    let next = taken.partition_point(|span| span.end < word.start);
    taken.get(next).is_some_and(|span| span.start <= word.end)
}

/// As long as a key of WireGuard, whose public half stands beside the secret one.
fn is_public_half(word: &str) -> bool {
    word.len() == 44 && word.ends_with('=')
}

/// The words of at least that length, of characters that tokens have, and where they begin.
fn long_words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+_-=/~.".contains(&byte);
    let mut from = 0;
    line.as_bytes().split(move |byte| !is_part(*byte)).filter_map(move |word| {
        let at = from;
        from += word.len() + 1;
        (word.len() >= SHORTEST).then(|| (at, &line[at..at + word.len()]))
    })
}

/// `A1B2C-D3E4F-G5H6I-J7K8L-M9N0P`: four groups or more of one length, of capitals and digits.
fn is_product_key(value: &str) -> bool {
    let mut groups = value.split('-');
    let size = groups.clone().next().map_or(0, str::len);
    let is_group = |group: &str| {
        group.len() == size && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    (4..=8).contains(&size)
        && groups.clone().count() >= 4
        && groups.all(is_group)
        && value.bytes().filter(u8::is_ascii_digit).count() >= 3
        && value.bytes().filter(u8::is_ascii_uppercase).count() >= 3
}

fn fits(value: &str) -> bool {
    let has = |class: fn(&u8) -> bool| value.bytes().any(|byte| class(&byte));
    value.len() >= SHORTEST
        && !value.contains('.')
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && is_random(value)
        && is_scrambled(value)
        && !is_path(value)
        && !is_reference(value)
        && !is_stand_in(value)
}
