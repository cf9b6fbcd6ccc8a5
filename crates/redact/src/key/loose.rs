//! Values with no more than a blank before them: options, directives, sentences.

use std::ops::Range;

use super::framed::framed_further_on;
use super::harmless::{is_login, is_prose};
use super::judge::{Standing, is_diceware, is_mixed, is_opaque, is_random, is_secret, is_worded};
use super::lexicon::{Certainty, classify, is_about};
use super::name::Key;
use super::quoted::{self, mark};
use super::sentence::{digits, linked, spoken, told};
use super::surroundings::{Place, is_first};
use super::verdict::judged;
use crate::page::{Page, Parts, offset, run, words};
use crate::placeholder;

/// Words of network equipment that say how the value after them is written.
#[rustfmt::skip]
const KINDS: &[&str] = &[
    "0", "1", "2", "3", "5", "7", "8", "9", "md5", "sha1", "sha256", "text", "ascii", "hex", "local", "remote", "ENC", "encrypted", "cipher", "irreversible-cipher",
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
    // `--password     ask for the password`: an option as a manual explains it.
    let is_explained = at >= key.end + 2
        && next.split_whitespace().count() >= 3
        && next
            .split_whitespace()
            .take(3)
            .all(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic() || b",.'-".contains(&byte)));
    if is_option && is_explained {
        return None;
    }
    let is_spoken_of = || {
        let word = next.split_whitespace().next().unwrap_or_default();
        is_prose(&format!("{word} {word}"))
    };
    // `secret name: x`, `password policy is x`: of something else that has to do with it.
    let first = next
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .trim_matches(|mark: char| mark.is_ascii_punctuation());
    if is_about(first) && !KINDS.contains(&first) {
        return None;
    }
    // It is what something else is set to.
    if lead.ends_with('=') || key.name == "pass" && lead.ends_with(['`', '(']) {
        return None;
    }
    // `-n node.session.auth.password -v x`
    let valued = ["-v ", "--value ", "--value=", "/d ", "/t REG_SZ /d "]
        .iter()
        .find(|option| next.starts_with(**option));
    if let Some(option) = valued.filter(|_| key.certainty >= Certainty::Medium) {
        return Some(Place::At { at: at + option.len(), standing: Standing::Assigned, spaced: false });
    }
    if is_option && (next.starts_with("id=") || next.starts_with("type=")) {
        return None;
    }
    if is_option
        && key.certainty >= Certainty::Medium
        && !is_spoken_of()
        && !next.starts_with(['-', '|', '&', ';', '<', '>', '('])
    {
        let standing = if key.certainty <= Certainty::Weak { Standing::Loose } else { Standing::Assigned };
        return Some(Place::At { at, standing, spaced: false });
    }
    if next.starts_with("<(") && key.certainty >= Certainty::Medium {
        let echoed = next
            .find("echo ")
            .or_else(|| next.find("printf "))
            .map(|verb| verb + next[verb..].find(' ').unwrap_or(0) + 1)?;
        return Some(Place::At { at: at + echoed, standing: Standing::Loose, spaced: false });
    }
    if key.certainty >= Certainty::Medium
        && !lead.contains('<')
        && let Some(range) = framed_further_on(next)
        && (!next.starts_with(['"', '`']) || next[range.clone()].contains(' '))
    {
        return Some(Place::Range(at + range.start..at + range.end, Standing::Quoted));
    }
    // `PASSWORD    marble tulip tundra cactus`
    let is_column = page.text[key.end..at].len() >= 2 && is_first(lead);
    if key.certainty == Certainty::Strong && is_column && is_worded(next.trim_end()) {
        return Some(Place::Range(at..at + next.trim_end().len(), Standing::Assigned));
    }
    // `a temporary password (x)`
    if let Some(inner) = next.strip_prefix('(').and_then(|rest| rest.split_once(')')).map(|(inner, _)| inner)
        && key.certainty == Certainty::Strong
        && inner.len() >= 8
        && !inner.contains([' ', '(', ',', '/', ':', '='])
        && (inner.bytes().any(|byte| byte.is_ascii_digit()) && is_opaque(inner) || is_diceware(inner))
    {
        return Some(Place::Range(at + 1..at + 1 + inner.len(), Standing::Assigned));
    }
    // `API key (weather) x`
    if let Some((remark, value)) = next.strip_prefix('(').and_then(|rest| rest.split_once(") "))
        && key.certainty >= Certainty::Medium
        && remark.len() < 32
        && !value.trim().contains(' ')
        && is_random(value.trim())
    {
        let value = value.trim();
        let start = at + offset(value, next);
        return Some(Place::Range(start..start + value.len(), Standing::Loose));
    }
    if let Some(range) = digits(key, at, next) {
        return Some(Place::Range(range, Standing::Assigned));
    }
    if let Some(start) = told(key, lead, at, next) {
        return Some(Place::At { at: start, standing: Standing::Loose, spaced: false });
    }
    let spoken = spoken(key, at, next);
    if let Some((start, true)) = spoken {
        return Some(Place::At { at: start, standing: Standing::Loose, spaced: false });
    }
    if let Some(range) = linked(key, lead, at, next) {
        return Some(Place::Range(range, Standing::Loose));
    }
    if spoken.is_some() {
        return None;
    }
    if mark(next).is_some() {
        let quoted = quoted::read(page, at)?;
        let said = &page.text[quoted.inner.clone()];
        // `secret "x" not found`: what it is called.
        let after = page.rest(quoted.end).trim_start();
        let is_told_of = [
            "not ",
            "exists",
            "in namespace",
            "does ",
            "already",
            "could ",
            "cannot ",
            "was ",
            "has ",
            "is ",
        ];
        if quoted.is_closed
            && is_told_of.iter().any(|word| after.starts_with(word))
            && matches!(key.name, "secret" | "token" | "key" | "Secret" | "Token" | "Key")
        {
            return None;
        }
        if is_definition(lead) {
            return Some(Place::Range(quoted.inner, Standing::Quoted));
        }
        let is_statement = STATEMENTS.iter().any(|verb| lead.contains(verb));
        let fits = quoted.is_closed
            && !said.contains(' ')
            && (is_opaque(said) || is_first(lead) || is_statement || is_argument(key, lead, said));
        return fits.then_some(Place::Range(quoted.inner, Standing::Quoted));
    }
    directive(page, key, lead, at, next)
}

/// `#define NAME "x"`, `set $name "x";`: a statement that gives a name its value, with a blank between.
fn is_definition(lead: &str) -> bool {
    const VERBS: &[&str] = &[
        "#define",
        "SetEnv",
        "setx",
        "set",
        "setenv",
        "option",
        "fastcgi_param",
        "uwsgi_param",
        "env",
        "ENV",
        "export",
        "put",
        "define",
    ];
    let bare = lead.trim_start().trim_end_matches(['$', ' ', '\t']);
    VERBS.contains(&bare)
}

/// `nmcli dev wifi connect home password "x"`: of a command, not of a sentence about a field of that name.
fn is_argument(key: &Key<'_>, lead: &str, said: &str) -> bool {
    let is_command = lead.split_whitespace().count() >= 2
        && !lead.contains([':', '(', '{', '='])
        && lead.bytes().any(|byte| byte.is_ascii_lowercase());
    let words = lead.split_whitespace().any(|word| {
        matches!(
            word,
            "the" | "field" | "key" | "of" | "for" | "invalid" | "unknown" | "missing" | "no" | "a" | "grep"
        )
    });
    let is_wireless = key.name == "psk" && !lead.contains('"');
    key.certainty == Certainty::Strong
        && is_command
        && !words
        && said.len() >= 8
        && (said.contains(['-', '_']) || is_wireless || said.bytes().all(|byte| byte.is_ascii_digit()))
        && classify(said, None).is_none()
}

/// What follows the words that say how a value is written (at most two, `ascii 0`), and whether there were any.
fn after_kinds<'t>(lead: &str, spaced: bool, at: usize, next: &'t str) -> (usize, &'t str, bool) {
    let mut rest = next;
    for _ in 0..2 {
        match rest.split_once(' ') {
            Some((kind, after))
                if KINDS.contains(&kind)
                    && lead.len() < 80
                    && !placeholder::is_in(lead)
                    && !(spaced && is_count(lead, kind, after)) =>
            {
                rest = after.trim_start();
            }
            _ => break,
        }
    }
    (at + next.len() - rest.len(), rest, rest.len() < next.len())
}

/// `kubernetes.io/service-account-token   3      41d`: a type, how many it has, and for how long it is there already.
fn is_count(lead: &str, kind: &str, after: &str) -> bool {
    let is_type = lead.rsplit([' ', '\t']).next().is_some_and(|word| word.contains('/'));
    let age = after.trim_start();
    let number = run(age, |byte| byte.is_ascii_digit());
    is_type
        && kind.bytes().all(|byte| byte.is_ascii_digit())
        && after.starts_with(' ')
        && number > 0
        && age[number..].starts_with(['s', 'm', 'h', 'd', 'y'])
}

/// `user ADMIN, pass `: who it is stands right before.
fn follows_user(lead: &str) -> bool {
    let mut back = lead.split_whitespace().rev();
    let (name, word) = (back.next().unwrap_or_default(), back.next().unwrap_or_default());
    !name.is_empty()
        && matches!(
            word.trim_end_matches(':').to_ascii_lowercase().as_str(),
            "user" | "username" | "login" | "benutzer"
        )
}

/// `remote=10.0.0.7`: the next thing that a line tells, in a log.
fn is_pair(value: &str) -> bool {
    value.split_once('=').is_some_and(|(name, said)| {
        name.len() > 1
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'))
            && !said.trim_matches('=').is_empty()
    })
}

/// `password x, "id": "y"`: what stands right behind a name goes too, though the sentence leads to something further on.
pub(super) fn passed_over(
    page: &Page<'_>,
    key: &Key<'_>,
    lead: &str,
    further_on: usize,
) -> Option<Range<usize>> {
    let rest = page.rest(key.end);
    let next = rest.trim_start_matches([' ', '\t']);
    let at = key.end + rest.len() - next.len();
    let is_beside = at > key.end && next.starts_with(|first: char| first.is_ascii_alphanumeric());
    let is_before = next.find(' ').is_some_and(|end| at + end < further_on);
    if !is_beside || !is_before {
        return None;
    }
    match directive(page, key, lead, at, next)? {
        Place::Range(range, standing) if range.end <= further_on => {
            judged(page, key.certainty, range, standing)
        }
        _ => None,
    }
}

/// `requirepass x`, `rootpw x`, `machine h login u password x`, `secret 9 $9$…`: the rest of the line is one value.
pub(super) fn directive(page: &Page<'_>, key: &Key<'_>, lead: &str, at: usize, next: &str) -> Option<Place> {
    let spaced = page.text[key.end..at].len() >= 2;
    let (at, next, is_typed) = after_kinds(lead, spaced, at, next);
    let mut words = words(next);
    let (blanks, value) = words.next()?;
    let (at, value) = (at + blanks, value.trim_end_matches(';'));
    // What closes something that was opened before it.
    let is_open = lead.contains(['{', '(', '[', '\'']);
    let value = if is_open { value.trim_end_matches(['}', ')', ']', '\'', ',', '.']) } else { value };
    // In a string the value ends with that.
    let value = if lead.matches('"').count() % 2 == 1 { value.split('"').next()? } else { value };
    // `Forgot your password completely?`
    if value
        .trim_end_matches(['"', '\'', ',', '.', '!', '?', ')', ';'])
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic())
        && value.ends_with(['"', '\'', ',', '.', '!', '?', ')', ';'])
        && (!is_first(lead) || words.clone().next().is_some() || value.ends_with('?'))
    {
        return None;
    }
    if value.starts_with(['[', '-', '(', '{', '}', ')', ']', '<', '>', '%'])
        || is_login(value)
        || is_pair(value)
    {
        return None;
    }
    let follows = words.next().map(|(_, word)| word);
    let is_alone =
        follows.is_none_or(|word| word.starts_with('#') || matches!(word, "}" | ")" | "]" | "};" | "\\"));
    let is_lower_name = !key.name.starts_with(|first: char| first.is_ascii_uppercase())
        || key.name.bytes().all(|byte| !byte.is_ascii_lowercase());
    static NAMES: Parts = Parts::new(&["login ", "user ", "neighbor ", "connect ", "user:", "create "]);
    let is_named = NAMES.are_in(lead);
    let is_table = lead.contains('/') || page.byte_before(at).is_some_and(|byte| byte == b'\t');
    let starts = is_first(lead);
    let fits = match key.certainty {
        Certainty::Strong if is_typed && is_alone && value.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            value.len() >= 6
        }
        Certainty::Strong if starts && is_alone && is_lower_name && key.name != "passwd" => {
            is_secret(Certainty::Strong, value, Standing::Assigned)
        }
        // `wifi-sec.psk x`, `set security wpa2-passphrase x`
        Certainty::Strong
            if is_alone
                && value.len() >= 8
                && (key.name.contains('.') || lead.trim_start().starts_with("set ")) =>
        {
            is_secret(Certainty::Strong, value, Standing::Assigned)
        }
        // `SSID Gaeste, PSK willkommen`
        Certainty::Strong
            if is_alone
                && value.len() >= 8
                && key.name.eq_ignore_ascii_case("psk")
                && lead.to_ascii_lowercase().contains("ssid") =>
        {
            is_secret(Certainty::Strong, value, Standing::Assigned)
        }
        Certainty::Strong if is_named && is_alone && follows_user(lead) => {
            value.len() >= 6 && is_secret(Certainty::Strong, value, Standing::Assigned)
        }
        // `wlan: home, key apple-cake-with-cream`
        Certainty::Strong if key.name == "key" && is_alone => {
            value.len() >= 8
                && (is_opaque(value)
                    || value.contains('-')
                    || value.bytes().all(|byte| byte.is_ascii_digit()))
        }
        Certainty::Strong if is_named => is_opaque(value),
        Certainty::Strong if is_alone && is_diceware(value) => true,
        Certainty::Strong
            if is_mixed(value) && follows.is_some_and(|next| matches!(next, "·" | "—" | "–" | "/" | "|")) =>
        {
            true
        }
        Certainty::Strong => is_opaque(value) && (is_alone || starts || is_table || value.len() >= 8),
        Certainty::Medium => {
            is_random(value)
                || is_alone && value.len() >= 8 && is_opaque(value)
                || (starts && is_alone && is_lower_name && is_opaque(value))
        }
        Certainty::Faint | Certainty::Weak if is_typed && starts && is_alone => {
            value.len() >= 8 && is_opaque(value)
        }
        Certainty::Faint | Certainty::Weak => starts && is_alone && is_lower_name && is_random(value),
    };
    fits.then(|| Place::Range(at..at + value.len(), Standing::Assigned))
}
