//! Whether what stands under a secret's name is one: not a reference, a switch, a type, a placeholder, a sentence.

use super::harmless::{
    has_digit, is_expression, is_path, is_prose, is_public, is_reference, is_stand_in, is_state,
};
use super::lexicon::{Certainty, classify, is_about};
use super::words::Words;
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
    // `%d/token`: a directory that systemd fills in.
    if value.starts_with('%') && value.as_bytes().get(2) == Some(&b'/') {
        return false;
    }
    // What a program says to people: `Forgot your password?`, `value must be at least 8 characters long`.
    let blanks = value.bytes().filter(|byte| *byte == b' ').count();
    if blanks >= 2
        && (value.ends_with('?') && !has_digit(value)
            || blanks >= 4 && is_prose(value) && value.contains(" must "))
    {
        return false;
    }
    // A string of members in a string: they are read one by one.
    if value.starts_with("{\\\"") && value.contains("\\\":") {
        return false;
    }
    // `API token`, `Enter password`: a label.
    let is_label = value.contains(' ')
        && value.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ')
        && value.rsplit(' ').next().is_some_and(|last| classify(last, None) >= Some(Certainty::Medium));
    if is_label {
        return false;
    }
    // Groups of digits, as on the stickers of routers.
    if value.len() >= 16
        && certainty >= Certainty::Medium
        && value.split([' ', '-']).count() >= 3
        && value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
    {
        return true;
    }
    if value.strip_suffix(" bytes").is_some_and(|size| size.bytes().all(|byte| byte.is_ascii_digit())) {
        return false;
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return certainty > Certainty::Weak && value.len() >= 4;
    }
    match (certainty, standing) {
        (Certainty::Strong, Standing::Assigned | Standing::Quoted) => !is_state(value) && !is_called(value),
        (Certainty::Strong, Standing::Loose) => {
            // What closes what stands around it makes no word opaque.
            let bare = value.trim_end_matches([')', ':', ',', ';', '.', '"', '\'', ']', '}', '?']);
            is_opaque(bare) || is_mixed(value) || is_diceware(bare) || is_worded(bare) || is_joined(bare)
        }
        (Certainty::Medium, _) => {
            let is_worded = standing != Standing::Loose && (is_mixed(value) || is_diceware(value))
                || standing == Standing::Quoted && is_joined(value);
            (is_opaque(value) || is_long_and_plain(value) || is_worded)
                && !is_path(value)
                && !is_name_of_one(value, Certainty::Medium)
        }
        (Certainty::Faint | Certainty::Weak, _) => {
            !value.trim_end_matches('=').contains('=')
                && value.len() >= 8
                && has_digit(value)
                && (is_random(value)
                    || is_dense(value)
                    || is_marked(value)
                    || certainty == Certainty::Weak && is_opaque(value))
                && !is_path(value)
                && !is_filed(value)
                && !is_slug(value)
                && !is_dotted_name(value)
                && !is_name_of_one(value, Certainty::Weak)
                && !is_type_name(value)
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
pub(crate) fn is_mixed(value: &str) -> bool {
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

/// Made to be hard to guess, by its look alone: for places that say little about what stands there. Names of machines and models
/// have digits and capitals too, but not mixed like this.
pub(crate) fn is_dense(value: &str) -> bool {
    let is_other = !is_opaque(value)
        || is_uuid(value)
        || is_public(value)
        || is_dotted_name(value)
        || is_address(value)
        || value.contains("://");
    if is_other || value.len() < 8 {
        return false;
    }
    let is_special =
        |byte: u8| matches!(byte, b'!' | b'#' | b'$' | b'%' | b'^' | b'&' | b'*' | b'+' | b'=' | b'?' | b'~');
    let has_letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    has_letter
        && has_digit(value)
        && (value.bytes().any(is_special) || value.len() >= 10 && is_scrambled(value))
}

/// Hard to guess, and with a mark in it that names of things do not have.
pub(crate) fn is_marked(value: &str) -> bool {
    let is_mark = |mark: char| matches!(mark, '!' | '#' | '$' | '%' | '^' | '&' | '*' | '?' | '~' | '@');
    // `repo#12`, `name=value`
    let is_number =
        value.split_once('#').is_some_and(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let is_pair = value.trim_end_matches('=').contains('=');
    is_dense(value)
        && value.contains(is_mark)
        && value.len() <= 40
        && !is_number
        && !is_pair
        && !value.starts_with(['$', '%', '#', '&', '@'])
        && !value.contains(['(', '{', '<', '>', '|', '[', '"', '\\', '`', '/'])
}

/// `wobble-tundra-sketch-mango`: words by chance, with a mark between them.
pub(crate) fn is_diceware(value: &str) -> bool {
    let words = value.split(['-', '.', '_']);
    words.clone().count() >= 4
        && words
            .clone()
            .all(|word| (3..=10).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && classify(value, None).is_none()
}

/// `rocket walnut willow maple`: small words with blanks between them, and none that a sentence has.
pub(crate) fn is_worded(value: &str) -> bool {
    let words = value.split(' ');
    words.clone().count() >= 3
        && value.len() < 240
        && words
            .clone()
            .all(|word| (3..=10).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !is_prose(value)
        && words.filter(|word| is_about(word) || classify(word, None).is_some()).count() == 0
}

/// `cerise-tonnerre-marmite`: three words, for places where a password is expected.
pub(crate) fn is_joined(said: &str) -> bool {
    let words = || said.split(['-', '_']);
    words().count() == 3
        && said.len() >= 13
        && words()
            .all(|word| (3..=11).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && classify(said, None).is_none()
}

/// Letters, capitals and digits take turns.
pub(crate) fn is_scrambled(value: &str) -> bool {
    let kind = |byte: u8| match byte {
        byte if byte.is_ascii_lowercase() => 0,
        byte if byte.is_ascii_uppercase() => 1,
        byte if byte.is_ascii_digit() => 2,
        _ => 3,
    };
    let turns = value
        .as_bytes()
        .windows(2)
        .map(|pair| (kind(pair[0]), kind(pair[1])))
        .filter(|(one, other)| one != other && *one != 3 && *other != 3)
        .count();
    turns * 5 >= value.len() * 2
}

/// `bob@example.org`, `node1:8006`.
fn is_address(value: &str) -> bool {
    let is_host = |host: &str| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let is_mail = value.split_once('@').is_some_and(|(user, host)| is_host(user) && is_host(host));
    let is_port = value.rsplit_once(':').is_some_and(|(host, port)| {
        is_host(host) && (1..6).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_mail || is_port
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
        || (value.contains(' ')
            && value.len() >= 8
            && (value.split(' ').all(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic()))
                // A blank is one of its characters by chance.
                || value.len() >= 32 && value.bytes().filter(|byte| b"!#$%^&*|@~".contains(byte)).count() >= 3))
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

/// `TokenService2`: two words or more that begin with capitals, and at most one digit.
fn is_type_name(value: &str) -> bool {
    let bare = value.strip_suffix(|last: char| last.is_ascii_digit()).unwrap_or(value);
    let humps = bare.bytes().filter(u8::is_ascii_uppercase).count();
    bare.starts_with(|first: char| first.is_ascii_uppercase())
        && humps >= 2
        && bare.len() >= humps * 4
        && bare.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// `dbPassword`, `db-password`: two words or more, of which the last is what it stands under.
fn is_called(value: &str) -> bool {
    let parts = Words::of(value).len();
    (2..=4).contains(&parts)
        && value.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.'))
        && classify(value, None) >= Some(Certainty::Medium)
}

/// `password-v2`, `DB1_PASSWORD`, `token2`: what a secret is called.
pub(crate) fn is_name_of_one(value: &str, least: Certainty) -> bool {
    let is_of = |is_letter: fn(&u8) -> bool| {
        value.bytes().all(|byte| is_letter(&byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
    };
    let is_plain = is_of(u8::is_ascii_lowercase) || is_of(u8::is_ascii_uppercase);
    // `TokenService2`
    let is_type = value.starts_with(|first: char| first.is_ascii_uppercase())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_lowercase());
    // `db1Password`
    let is_camel = !value.contains(['-', '_']) && is_of(u8::is_ascii_alphabetic);
    // By chance a password ends with `Pw`.
    let inner = value.trim_end_matches(|last: char| last.is_ascii_digit());
    let is_chance = !is_plain && inner.bytes().filter(u8::is_ascii_digit).count() > 1;
    (is_type || is_plain || is_camel)
        && !is_chance
        && value.len() < 40
        && value.bytes().filter(u8::is_ascii_digit).count() <= 2
        && classify(value, None) >= Some(least)
}

/// `photos/2024/IMG_2041.jpg`: a file in a store, by its ending.
fn is_filed(value: &str) -> bool {
    let ending = value.rsplit('.').next().unwrap_or_default();
    value.contains('/')
        && ending.len() < value.len()
        && (2..=4).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// `Linux-cargo-5f4dcc3b`: words, and what tells one from the other.
fn is_slug(value: &str) -> bool {
    let words = value
        .split(['-', '_'])
        .take_while(|word| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()));
    words.count() >= 2
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
