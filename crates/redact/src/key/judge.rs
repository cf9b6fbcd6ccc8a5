//! Whether what stands under a secret's name is one: not a reference, a switch, a type, a placeholder, a sentence.

use super::harmless::{
    has_digit, is_expression, is_path, is_prose, is_public, is_reference, is_stand_in, is_state,
};
use super::lexicon::Certainty;
use crate::page::run;

/// Where a value stands, as far as it matters for judging it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// After a separator that makes it a value.
    Assigned,
    /// In quotation marks after a separator.
    Quoted,
    /// After a blank only, or inside a sentence.
    Loose,
}

/// Says whether `value` under a name of that certainty is a secret.
pub(crate) fn is_secret(certainty: Certainty, value: &str, standing: Standing) -> bool {
    if value.chars().nth(2).is_none() || is_public(value) || is_reference(value) || is_stand_in(value) {
        return false;
    }
    if standing != Standing::Quoted && (is_expression(value) || is_prose(value)) {
        return false;
    }
    if value.strip_suffix(" bytes").is_some_and(|size| size.bytes().all(|byte| byte.is_ascii_digit())) {
        return false;
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.len() >= if certainty == Certainty::Weak { 6 } else { 4 };
    }
    match (certainty, standing) {
        (Certainty::Strong, Standing::Assigned | Standing::Quoted) => !is_state(value),
        (Certainty::Strong, Standing::Loose) => is_opaque(value) || is_mixed(value),
        (Certainty::Medium, _) => (is_opaque(value) || is_long_and_plain(value)) && !is_path(value),
        (Certainty::Weak, _) => {
            !value.trim_end_matches('=').contains('=')
                && value.len() >= 8
                && is_opaque(value)
                && has_digit(value)
                && !is_path(value)
                && !is_dotted_name(value)
        }
    }
}

/// Looks like nothing that a person would call something: digits among letters, capitals in the middle, marks among letters.
pub(crate) fn is_opaque(value: &str) -> bool {
    if value.len() < 6 || value.contains(char::is_whitespace) || is_measure(value) || is_path(value) {
        return false;
    }
    let letters = value.chars().filter(|character| character.is_alphabetic()).count();
    let humps = value
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
        .count();
    let marks = value
        .bytes()
        .filter(|byte| {
            byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.' | b'/' | b':' | b',')
        })
        .count();
    (letters >= 2 && has_digit(value))
        || humps >= 2
        || (letters >= 3 && marks > 0)
        || (letters == 0 && has_digit(value) && value.len() >= 6 && marks + dashes(value) > 0)
}

/// Letters only, large and small without order: `kticsASj`.
fn is_mixed(value: &str) -> bool {
    let humps = value
        .as_bytes()
        .windows(2)
        .skip(1)
        .filter(|pair| pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase());
    value.len() >= 8 && value.bytes().all(|byte| byte.is_ascii_alphabetic()) && humps.count() >= 2
}

/// Made by chance: long, and of many kinds of characters.
pub(crate) fn is_random(value: &str) -> bool {
    let lower = value.bytes().any(|byte| byte.is_ascii_lowercase());
    let upper = value.bytes().any(|byte| byte.is_ascii_uppercase());
    let kinds = usize::from(lower) + usize::from(upper) + usize::from(has_digit(value));
    value.len() >= 16 && kinds >= 2 && has_digit(value) && is_opaque(value)
}

/// A bare digest, id or address: long, and still not secret where nothing calls it so.
pub(crate) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() }
        })
}

fn dashes(value: &str) -> usize {
    value.bytes().filter(|byte| *byte == b'-').count()
}

fn is_long_and_plain(value: &str) -> bool {
    value.len() >= 16 && !value.contains(char::is_whitespace) && !value.contains(['-', '_', '.', '/', ':'])
        || (value.contains(' ') && value.len() >= 8)
}

/// A number with a unit, a version (also of a protocol), a date, an address.
fn is_measure(value: &str) -> bool {
    if value.starts_with("HTTP/") {
        return true;
    }
    let digits = run(value, |byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'/' | b'-'));
    let unit = &value[digits..];
    digits > 0
        && (matches!(
            unit,
            "s" | "ms"
                | "m"
                | "h"
                | "d"
                | "w"
                | "min"
                | "MB"
                | "GB"
                | "KB"
                | "kB"
                | "B"
                | "k"
                | "K"
                | "M"
                | "G"
                | "T"
                | "%"
                | "px"
                | "hours"
                | "days"
                | "GiB"
                | "MiB"
                | "seconds"
                | "minutes"
        ) || (unit.is_empty()
            && !(dashes(value) > 0 && value.len() >= 8 && !looks_dated(value))
            && value.contains(['.', ':', '/', '-'])))
}

/// `2025-06-02`, and what begins so.
fn looks_dated(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() >= 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && (value.starts_with("20") || value.starts_with("19"))
}

/// A host, a package, a key of translations: words with dots.
fn is_dotted_name(value: &str) -> bool {
    value.contains('.')
        && value.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
                })
        })
        && value.bytes().filter(u8::is_ascii_digit).count() * 3 < value.len()
}
