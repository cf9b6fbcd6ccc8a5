//! Values with no more than a blank before them: options, directives, sentences.

use super::harmless::is_login;
use super::judge::{Standing, is_opaque, is_random, is_secret};
use super::lexicon::Certainty;
use super::name::Key;
use super::quoted::{self, mark};
use super::surroundings::{Place, is_first};
use crate::page::Page;

/// What may stand between a name and its value in a sentence.
#[rustfmt::skip]
const PHRASES: &[&str] = &[
    "has been set to: ", "has been set to ", "has been changed to ", "set to: ", "created: ", "generated: ", "issued: ",
    "updated: ", "REG_SZ ", "are: ", "is set to ", "set to ", "is: ", "is ", "was ", "to ", "-> ", "→ ", "| ", "│ ",
];

/// Words of network equipment that say how the value after them is written.
#[rustfmt::skip]
const KINDS: &[&str] = &[
    "0", "5", "7", "8", "9", "ascii", "hex", "local", "remote", "ENC", "encrypted", "cipher", "irreversible-cipher",
    "simple", "ciphertext",
];

/// What a line has before a name whose value follows in quotation marks, with no sign between.
#[rustfmt::skip]
const STATEMENTS: &[&str] = &[
    "CREATE ", "ALTER ", "SET ", "GRANT ", "IDENTIFIED ", "create ", "alter ", "set ", "grant ", "option ",
];

/// After a blank: options, directives, sentences.
pub(super) fn loose(page: &Page<'_>, key: &Key<'_>, lead: &str, at: usize, next: &str) -> Option<Place> {
    let is_option = lead.ends_with("--") || lead.ends_with(" -") || lead == "-";
    if is_option && key.certainty >= Certainty::Medium && !next.starts_with(['-', '|', '&', ';', '<', '>']) {
        let standing = if key.certainty == Certainty::Weak { Standing::Loose } else { Standing::Assigned };
        return Some(Place::At { at, standing, spaced: false });
    }
    if next.starts_with("<(") && key.certainty >= Certainty::Medium {
        let echoed = next
            .find("echo ")
            .or_else(|| next.find("printf "))
            .map(|verb| verb + next[verb..].find(' ').unwrap_or(0) + 1)?;
        return Some(Place::At { at: at + echoed, standing: Standing::Loose, spaced: false });
    }
    if let Some(start) = told(key, at, next) {
        return Some(Place::At { at: start, standing: Standing::Loose, spaced: false });
    }
    if let Some((start, fits)) = spoken(key, at, next) {
        return fits.then_some(Place::At { at: start, standing: Standing::Loose, spaced: false });
    }
    if mark(next).is_some() {
        let quoted = quoted::read(page, at)?;
        let said = &page.text[quoted.inner.clone()];
        let is_statement = STATEMENTS.iter().any(|verb| lead.contains(verb));
        let fits =
            quoted.is_closed && !said.contains(' ') && (is_opaque(said) || is_first(lead) || is_statement);
        return fits.then_some(Place::Range(quoted.inner, Standing::Quoted));
    }
    directive(page, key, lead, at, next)
}

/// `password is generated for root@localhost: x`: a sentence about making the secret, which ends with it.
fn told(key: &Key<'_>, at: usize, next: &str) -> Option<usize> {
    const MADE: &[&str] = &["generated", "provided", "created", "assigned", "reset", "issued"];
    let (said, value) = next.rsplit_once(": ")?;
    let tells = said.len() < 120 && MADE.iter().any(|verb| said.contains(verb));
    let value = value.trim();
    (key.certainty == Certainty::Strong && tells && !value.contains(' ') && is_opaque(value))
        .then(|| at + next.trim_end().len() - value.len())
}

/// Where the value begins that a phrase of a sentence leads to, and whether it looks like one.
fn spoken(key: &Key<'_>, at: usize, next: &str) -> Option<(usize, bool)> {
    let phrase = PHRASES.iter().find(|phrase| next.starts_with(**phrase))?;
    let value = next[phrase.len()..].trim_start_matches(' ');
    let word = value.split_whitespace().next()?.trim_end_matches(['.', ',', ';', '!']);
    let bare = word.trim_matches(['"', '\'', '`']);
    let is_table = phrase.starts_with(['|', '│']);
    let is_code = (6..=10).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    let is_sure = key.certainty == Certainty::Strong;
    let fits = if is_table {
        key.certainty >= Certainty::Medium && is_opaque(bare)
    } else {
        is_opaque(bare) && (is_sure || bare.len() >= 10) || is_sure && (word != bare || is_code)
    };
    Some((at + next.len() - value.len(), fits))
}

/// What follows the words that say how a value is written (at most two, `ascii 0`), and whether there were any.
fn after_kinds<'t>(lead: &str, at: usize, next: &'t str) -> (usize, &'t str, bool) {
    let mut rest = next;
    for _ in 0..2 {
        match rest.split_once(' ') {
            Some((kind, after)) if KINDS.contains(&kind) && lead.len() < 80 => rest = after,
            _ => break,
        }
    }
    (at + next.len() - rest.len(), rest, rest.len() < next.len())
}

/// `remote=10.0.0.7`: the next thing that a line tells, in a log.
fn is_pair(value: &str) -> bool {
    value.split_once('=').is_some_and(|(name, said)| {
        name.len() > 1
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && !said.trim_matches('=').is_empty()
    })
}

/// `requirepass x`, `rootpw x`, `machine h login u password x`, `secret 9 $9$…`: the rest of the line is one value.
pub(super) fn directive(page: &Page<'_>, key: &Key<'_>, lead: &str, at: usize, next: &str) -> Option<Place> {
    let (at, next, is_typed) = after_kinds(lead, at, next);
    let mut words = next.split_whitespace();
    let value = words.next()?.trim_end_matches(';');
    // In a string the value ends with that.
    let value = if lead.matches('"').count() % 2 == 1 { value.split('"').next()? } else { value };
    if value.starts_with(['[', '-', '(', '{']) || is_login(value) || is_pair(value) {
        return None;
    }
    let follows = words.next();
    let is_alone = follows.is_none_or(|word| word.starts_with('#'));
    let is_lower_name = !key.name.starts_with(|first: char| first.is_ascii_uppercase())
        || key.name.bytes().all(|byte| !byte.is_ascii_lowercase());
    let is_named = lead.contains("login ")
        || lead.contains("user ")
        || lead.contains("neighbor ")
        || lead.contains("connect ")
        || lead.contains("user:")
        || lead.contains("create ");
    let is_table = lead.contains('/') || page.byte_before(at).is_some_and(|byte| byte == b'\t');
    let starts = is_first(lead);
    let fits = match key.certainty {
        Certainty::Strong if is_typed && is_alone && value.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            value.len() >= 6
        }
        Certainty::Strong if starts && is_alone && is_lower_name && key.name != "passwd" => {
            is_secret(Certainty::Strong, value, Standing::Assigned)
        }
        Certainty::Strong if is_named => is_opaque(value),
        Certainty::Strong => is_opaque(value) && (is_alone || starts || is_table || value.len() >= 8),
        Certainty::Medium => {
            is_random(value)
                || is_alone && value.len() >= 8 && is_opaque(value)
                || (starts && is_alone && is_lower_name && is_opaque(value))
        }
        Certainty::Weak if is_typed && starts && is_alone => value.len() >= 8 && is_opaque(value),
        Certainty::Weak => starts && is_alone && is_lower_name && is_random(value),
    };
    fits.then(|| Place::Range(at..at + value.len(), Standing::Assigned))
}
