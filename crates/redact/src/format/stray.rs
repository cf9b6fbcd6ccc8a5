//! Words of notes that can be nothing but a password, though nothing calls them so, and codes of doors and alarms.

use std::ops::Range;

use super::persons::is_password;
use super::prose::Word;
use crate::key::judge::is_marked;

/// Longer lines are no notes.
const LONGEST: usize = 240;

/// Marks that people put into passwords, and hardly into anything else between a letter and a letter.
fn is_inner_mark(byte: u8) -> bool {
    matches!(byte, b'!' | b'#' | b'$' | b'%' | b'^' | b'*' | b'?' | b'~')
}

/// Whether a line has a word with such a mark in it; most have none.
pub(super) fn has_mark(line: &str) -> bool {
    line.len() <= LONGEST
        && (ends_marked(line.as_bytes())
            || line.as_bytes().windows(3).any(|three| {
                is_inner_mark(three[1])
                    && three[0].is_ascii_alphanumeric()
                    && (three[2].is_ascii_alphanumeric() || three[2] == b' ' && three[0].is_ascii_digit())
            }))
}

/// `Winter88!` at the end.
fn ends_marked(line: &[u8]) -> bool {
    matches!(line, [.., digit, mark] if digit.is_ascii_digit() && is_inner_mark(*mark))
}

fn has_inner_mark(word: &str) -> bool {
    word.as_bytes().windows(3).any(|three| {
        is_inner_mark(three[1]) && three[0].is_ascii_alphanumeric() && three[2].is_ascii_alphanumeric()
    })
}

/// The words of a sentence that look like a password that somebody chose and like nothing else: `Pi-hole UI Winter!53`.
pub(super) fn marked(line: &str, words: &[Word<'_>]) -> Vec<Range<usize>> {
    let plain = words.iter().filter(|word| is_plain(word.text)).count();
    let said = words.iter().filter(|word| word.text.bytes().any(|byte| byte.is_ascii_alphanumeric())).count();
    let is_note = words.len() >= 3
        && plain * 2 >= said
        && !line.contains(['{', '}', '<', '>', '`', '|'])
        && line.matches(';').count() == line.matches("; ").count()
        && !line.contains("()");
    if !is_note {
        return Vec::new();
    }
    // `it's Winter88! now`: what ends with a mark is led to.
    let is_led = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before].whole);
        before.ends_with([':', '='])
            || matches!(before, "is" | "it's" | "its" | "to" | "now" | "was" | "ist" | "jetzt" | "→" | "->")
    };
    words
        .iter()
        .enumerate()
        .filter(|(at, word)| is_chosen_mark(word.text) && (has_inner_mark(word.text) || is_led(*at)))
        .map(|(_, word)| word.at..word.at + word.text.len())
        .collect()
}

fn is_plain(word: &str) -> bool {
    let bare = word.trim_end_matches([':', ',', '?', '!']);
    bare.len() > 1 && bare.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

/// Four letters or more, a digit, and a mark inside; no address, token's id, reference or number of something.
fn is_chosen_mark(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_encoded = word
        .split('%')
        .skip(1)
        .any(|part| part.len() >= 2 && part.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
    letters >= 4
        && is_marked(word)
        && is_password(word)
        && !word.contains(['@', ':', '&', '+', ','])
        && !is_encoded
}

/// Words before `code` that make it another one.
const OTHER_CODES: &[&str] = &[
    "error", "exit", "status", "return", "http", "zip", "postal", "country", "area", "response", "reason",
    "result", "stop", "event", "source", "error-", "bug", "country-", "dtmf", "product", "fault", "port",
];

/// What has a code that opens it.
const DOORS: &[&str] = &[
    "door",
    "gate",
    "alarm",
    "shed",
    "garage",
    "lock",
    "lockbox",
    "safe",
    "keypad",
    "entry",
    "duress",
    "burglar",
    "intercom",
    "vault",
    "alarme",
    "l'alarme",
    "porte",
    "portail",
    "puerta",
    "alarma",
    "deur",
    "poort",
    "locker",
    "tür",
    "haustür",
    "tor",
    "tresor",
    "alarmanlage",
    "garagentor",
    "schlüsselbox",
    "keybox",
    "visitor",
    "disarm",
    "voordeur",
    "türsprechanlage",
    "sprechanlage",
    "haustüre",
    "fietsenstalling",
    "garagentür",
    "cancello",
    "portillon",
    "verja",
    "portal",
    "unlock",
    "homekit",
    "matter",
    "setup",
];

/// `alarm: user 1 code 5521, duress 5522`, `the new code for the shed is 8815`: digits in a line about what a code opens.
pub(super) fn codes(words: &[Word<'_>]) -> Vec<Range<usize>> {
    let low: Vec<String> =
        words.iter().map(|word| word.text.trim_end_matches([':', '#']).to_lowercase()).collect();
    let is_door_code = |word: &str| {
        DOORS.iter().any(|door| door.len() >= 5 && word.len() > door.len() && word.ends_with(door))
            || word.strip_suffix("code").is_some_and(|stem| {
                stem.len() > 2 && (DOORS.contains(&stem.trim_end_matches('-')) || stem == "pin")
            })
    };
    let is_about = low.iter().any(|word| DOORS.contains(&word.as_str()) || is_door_code(word));
    let is_code = |word: &str| {
        matches!(
            word,
            "code"
                | "codes"
                | "pin"
                | "puk"
                | "combination"
                | "combo"
                | "kombination"
                | "duress"
                | "keypad"
                | "press"
                | "off"
                | "otp"
                | "código"
                | "codice"
                | "combinación"
                | "combinaison"
        ) || word.ends_with("code")
            || word.ends_with("-pin")
    };
    let is_number =
        |word: &str| (4..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    // `PIN 1940`, `code is 483920`: right behind it, or told.
    let is_told = |at: usize| {
        let before = |back: usize| at.checked_sub(back).map_or("", |at| low[at].as_str());
        let is_link = |word: &str| {
            matches!(word, "is" | "ist" | "it's" | "lautet" | "est" | "es" | "è" | "now" | "jetzt")
        };
        let noun = if is_link(before(1)) { before(2) } else { before(1) };
        let other = if is_link(before(1)) { before(3) } else { before(2) };
        let is_capital =
            words.iter().any(|word| matches!(word.text.trim_end_matches(':'), "PIN" | "PUK" | "OTP" | "TAN"));
        matches!(noun, "pin" | "puk" | "otp" | "tan") && is_capital
            || noun == "code" && is_link(before(1)) && !OTHER_CODES.contains(&other)
            || is_capital && is_link(before(1)) && at + 1 == words.len()
    };
    // `código de verificación de un solo uso es 383756`
    const PROVES: &[&str] = &[
        "verificación",
        "verification",
        "vérification",
        "verifica",
        "bestätigungscode",
        "sicherheitscode",
        "einmalcode",
        "login-code",
        "anmeldecode",
        "confirmación",
        "confirmation",
        "verificatiecode",
        "bevestigingscode",
        "verifizierungscode",
    ];
    let is_proof = low.iter().any(|word| PROVES.contains(&word.as_str()));
    let is_led = |at: usize| {
        let before = &words[at - 1];
        before.whole.ends_with(':')
            || matches!(low[at - 1].as_str(), "is" | "ist" | "est" | "es" | "è" | "lautet" | "c'est")
    };
    // `use 483920 as your login code`, `483920 is your verification code`
    let is_named_after = |at: usize| {
        let after = &low[at + 1..];
        let is_bound = after
            .first()
            .is_some_and(|word| matches!(word.as_str(), "is" | "as" | "ist" | "als" | "est" | "es"))
            && after.get(1).is_some_and(|word| {
                matches!(
                    word.as_str(),
                    "your" | "the" | "ihr" | "dein" | "der" | "votre" | "su" | "tu" | "le"
                )
            });
        let noun = after
            .iter()
            .take(6)
            .position(|word| word == "code" || word.ends_with("code") || word == "código" || word == "pin");
        let is_other = noun.is_some_and(|noun| noun > 0 && OTHER_CODES.contains(&after[noun - 1].as_str()));
        is_bound && noun.is_some() && !is_other
    };
    // `the code to the server room is 7714`
    let is_opened_by = |at: usize| {
        let Some(noun) = low[..at].iter().rposition(|word| word == "code" || word == "código") else {
            return false;
        };
        let is_of = low.get(noun + 1).is_some_and(|word| {
            matches!(
                word.as_str(),
                "to" | "for" | "of" | "van" | "vom" | "für" | "zum" | "zur" | "du" | "de" | "del"
            )
        });
        is_of && at - noun <= 8 && is_led(at) && !low.iter().any(|word| OTHER_CODES.contains(&word.as_str()))
    };
    let told = |words: &[Word<'_>]| {
        (1..words.len())
            .filter(|at| {
                is_number(words[*at].text)
                    && (is_told(*at)
                        || is_proof && words[*at].text.len() == 6 && is_led(*at)
                        || is_named_after(*at)
                        || is_opened_by(*at))
            })
            .map(|at| words[at].at..words[at].at + words[at].text.len())
            .collect::<Vec<_>>()
    };
    let first = low.iter().position(|word| is_code(word));
    let Some(first) = first.filter(|_| is_about) else { return told(words) };
    if first > 0 && OTHER_CODES.contains(&low[first - 1].as_str()) {
        return Vec::new();
    }
    // `3-17-42`, `482-19-305`
    let is_turned = |word: &str| {
        word.split('-').count() >= 3
            && word
                .split('-')
                .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_year = |word: &str| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    let is_dated = |at: usize| {
        at > 0
            && matches!(
                low[at - 1].as_str(),
                "in" | "since" | "seit" | "until" | "bis" | "port" | "model" | "user"
            )
    };
    (first..words.len())
        .filter(|at| {
            let word = words[*at].text.trim_end_matches([')', '#']);
            (is_number(word) && !(is_year(word) && is_dated(*at)) && !is_dated(*at)) || is_turned(word)
        })
        .map(|at| words[at].at..words[at].at + words[at].text.trim_end_matches([')', '#']).len())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::prose::words;
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        let words = words(line);
        let strays = if has_mark(line) { marked(line, &words) } else { Vec::new() };
        strays.into_iter().chain(codes(&words)).map(|range| &line[range]).collect()
    }

    #[test]
    fn a_password_in_a_note_needs_no_name() {
        assert_eq!(found("Pi-hole UI Werbung!53 since May"), ["Werbung!53"]);
        assert_eq!(found("alarm panel: user 01 code 5521, duress 5522"), ["5521", "5522"]);
        assert_eq!(found("the new code for the shed is 8815"), ["8815"]);
        assert_eq!(found("lockbox combination 3-17-42"), ["3-17-42"]);
    }

    #[test]
    fn what_other_things_are_called_stays() {
        for line in [
            "see issue lab/infra#4711 and wiki#12 please",
            "the token root@pam!monitor2 was made in May",
            "SERVER: 10.0.0.2#53 answered the query twice",
            "error code 1045 at the door sensor",
            "file name%20with%20blanks2 was moved away",
        ] {
            assert_eq!(found(line), Vec::<&str>::new(), "{line}");
        }
    }
}
