//! Values that a sentence leads to: `password for the nas is now xyz`.

use std::ops::Range;

use super::judge::{is_dense, is_diceware, is_joined, is_opaque, is_random, is_worded};
use super::lexicon::{Certainty, is_about};
use super::name::Key;
use super::surroundings::is_first;
use crate::page::{beginning, offset, words};
use crate::placeholder;

/// What may stand between a name and its value in a sentence.
#[rustfmt::skip]
const PHRASES: &[&str] = &[
    "is now: ", "is now ", "is still ", "is currently ", "war ", "era ", "is nu ", "lautet: ", "ist: ", "est: ", "es: ", "c'est ", "est ", "es ", "is just ", "ist jetzt ", "ist ", "lautet ",
    "has been set to: ", "has been set to ", "has been changed to ", "set to: ", "created: ", "generated: ", "issued: ",
    "updated: ", "REG_SZ ", "are: ", "is set to ", "set to ", "is: ", "is ", "was ", "to ", "-> ", "→ ", "| ", "│ ",
];

/// A value that a sentence leads to comes within so many words.
const MOST_WORDS: usize = 14;

/// Words that lead to it.
#[rustfmt::skip]
const LINKS: &[&str] = &["is", "was", "ist", "war", "lautet", "now", "jetzt", "remains", "bleibt", "=", "->", "→", "=>", "being", "namely", "nämlich", "es", "c'est", "est", "nu", "heet", "wordt", "era", "será", "pones", "devient", "reste", "è", "é", "jest", "är", "er", "is:", "ahora"];

/// Behind these, `to` does too.
const CHANGED: &[&str] =
    &["set", "changed", "change", "rotated", "updated", "switched", "geändert", "gesetzt"];

/// `password is generated for root@localhost: x`: a sentence about making the secret, which ends with it.
pub(super) fn told(key: &Key<'_>, lead: &str, at: usize, next: &str) -> Option<usize> {
    const MADE: &[&str] = &["generated", "provided", "created", "assigned", "reset", "issued"];
    if key.certainty <= Certainty::Weak {
        return None;
    }
    let (said, value) = next.rsplit_once(": ").filter(|(said, _)| !placeholder::is_in(said))?;
    let value = value.trim();
    // `for the passphrase, type: rocket walnut willow maple`
    if key.certainty == Certainty::Strong
        && is_worded(value)
        && value.split(' ').count() >= 4
        && !said.contains(". ")
    {
        return Some(at + next.trim_end().len() - value.len());
    }
    // `clave wifi: x`, `password nas 2: x`
    let is_whose = is_first(lead)
        && said.split_whitespace().count() <= 3
        && said.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_'))
        && !said.split_whitespace().any(is_about);
    if is_whose && key.certainty >= Certainty::Medium && !value.contains(' ') && is_opaque(value) {
        return Some(at + next.trim_end().len() - value.len());
    }
    let tells = said.len() < 120
        && (MADE.iter().any(|verb| said.contains(verb))
            || is_random(value) && !said.contains([':', '=', '"']));
    (key.certainty == Certainty::Strong && tells && !value.contains(' ') && is_opaque(value))
        .then(|| at + next.trim_end().len() - value.len())
}

/// Where the value begins that a phrase of a sentence leads to, and whether it looks like one.
pub(super) fn spoken(key: &Key<'_>, at: usize, next: &str) -> Option<(usize, bool)> {
    let phrase = beginning(next, PHRASES)?;
    let value = next[phrase.len()..].trim_start();
    let word = value.split_whitespace().next()?.trim_end_matches(['.', ',', ';', '!']);
    let bare = word.trim_matches(['"', '\'', '`']);
    let is_table = phrase.starts_with(['|', '│']);
    let is_code = (6..=10).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    let is_sure = key.certainty == Certainty::Strong;
    let fits = if is_table {
        key.certainty >= Certainty::Medium && is_opaque(bare)
    } else {
        is_opaque(bare) && (is_sure || bare.len() >= 10)
            || is_sure && (word != bare || is_code || is_diceware(bare) || is_joined(bare))
    };
    Some((at + next.len() - value.len(), fits))
}

/// `password for the nas in the attic is now xyz`, `PIN vom Tor 9224`: further on in the sentence, behind a word that leads to it.
pub(super) fn linked(key: &Key<'_>, lead: &str, at: usize, next: &str) -> Option<Range<usize>> {
    // One word leads to nothing.
    if key.certainty <= Certainty::Weak
        || !next.trim_end().contains(' ')
        || next.starts_with([',', '.', ')', '|', '"', '\''])
        || lead.contains(['{', '<'])
    {
        return None;
    }
    // `password policy set to x`
    let first = next.split_whitespace().next().unwrap_or_default();
    if is_about(first.trim_end_matches([':', ',', '.'])) {
        return None;
    }
    let mut before = "";
    let mut is_near = true;
    // Said before the name or between it and the value.
    let is_changed = |until: usize| {
        let is_verb = |word: &str| CHANGED.iter().any(|verb| word.eq_ignore_ascii_case(verb));
        lead.split_whitespace().any(is_verb) || next[..until].split_whitespace().any(is_verb)
    };
    for (count, (start, word)) in words(next).take(MOST_WORDS).enumerate() {
        let end = start + word.len();
        let bare = word.trim_matches(['"', '\'', '`', ',', ';', '.', '(', ')', '*']);
        let last = before.trim_end_matches(':');
        let is_link = |links: &[&str]| links.iter().any(|link| last.eq_ignore_ascii_case(link));
        let is_led = count > 0
            && (before.ends_with(':') || is_link(LINKS) || is_link(&["to", "auf"]) && is_changed(start));
        if placeholder::is_in(word) || bare.contains('=') && !bare.ends_with('=') {
            return None;
        }
        let is_number = (4..=8).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
        // A pin in small letters is one of a board.
        let is_number_of_card = key.name.ends_with("PIN") || key.name.ends_with("Pin");
        let is_last = word != bare || next.trim_end().len() == end;
        let is_code = is_number
            && (key.name.to_ascii_lowercase().ends_with("pin")
                || key.name.to_ascii_lowercase().ends_with("code"))
            && (is_led || is_last && is_number_of_card && is_near && count > 0);
        let is_value = match key.certainty {
            Certainty::Strong => {
                is_joined(bare)
                    || bare.len() >= 6
                        && is_opaque(bare)
                        && (!bare.contains(['.', ':', '@']) || is_dense(bare))
            }
            _ => bare.len() >= 10 && is_dense(bare),
        };
        // `api key for radarr 0f1e2d…`
        let is_end = next.trim_end().len() == end;
        let is_hex = bare.len() >= 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_random(bare);
        let is_key =
            is_end && count <= 3 && is_hex && key.certainty == Certainty::Medium && !is_of_digest(next);
        if is_code || is_led && is_value || is_key {
            let begin = at + offset(bare, next);
            return Some(begin..begin + bare.len());
        }
        is_near &= count < 3 && !word.contains(['(', ';', ',', ':']);
        before = word;
    }
    None
}

/// `user code 1357,`, `PIN 5533`: digits right behind a name that has nothing else for a value.
pub(super) fn digits(key: &Key<'_>, at: usize, next: &str) -> Option<Range<usize>> {
    let name = key.name.to_ascii_lowercase();
    let is_spoken =
        name.ends_with("code") || name == "puk" || key.name.ends_with("PIN") || key.name.ends_with("Pin");
    // `WLAN-Netzwerkschlüssel (WPA2) 9362 1096 3884 2166 5123`
    let remark = next
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(") "))
        .map_or(0, |(remark, _)| remark.len() + 3);
    if key.certainty >= Certainty::Medium
        && remark < 24
        && let Some(length) = groups_of_digits(&next[remark..])
    {
        return Some(at + remark..at + remark + length);
    }
    let length = next.bytes().take_while(u8::is_ascii_digit).count();
    let after = next[length..].trim_start_matches('#');
    let ends = after.is_empty()
        || [" valid", " expires", " until", " (", " for ", " / ", "  ", " · ", " — "]
            .iter()
            .any(|next| after.starts_with(next))
        || after.starts_with([',', ';', '.', ')'])
            && !after[1..].starts_with(|next: char| next.is_ascii_digit());
    let is_password = key.certainty == Certainty::Strong && (6..=12).contains(&length);
    let is_paired = name.ends_with("code") && length == 11;
    // Nothing else has eight digits and that name.
    let ends = ends || name == "puk" && length == 8 && after.starts_with(' ');
    (is_spoken && key.certainty == Certainty::Medium && ((4..=8).contains(&length) || is_paired) && ends
        || is_password && ends && !after.starts_with(" ("))
    .then_some(at..at + length)
}

/// How long the groups of four or five digits are that `text` begins with: three or more, with a blank or a dash between.
fn groups_of_digits(text: &str) -> Option<usize> {
    let size = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(4..=6).contains(&size) {
        return None;
    }
    let mut length = size;
    let mut count = 1;
    while text[length..].starts_with([' ', '-'])
        && text[length + 1..].bytes().take_while(u8::is_ascii_digit).count() == size
    {
        length += size + 1;
        count += 1;
    }
    (count >= 3 && count * size >= 16).then_some(length)
}

/// What is long and of hex digits too, and may be seen.
fn is_of_digest(said: &str) -> bool {
    let low = said.to_ascii_lowercase();
    ["sha", "md5", "commit", "digest", "fingerprint", "id ", "public", "checksum", "hash"]
        .iter()
        .any(|word| low.contains(word))
}
