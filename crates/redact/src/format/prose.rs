//! How people write down who gets in and with what, in notes, tickets and chats: `nas: admin / xyz`, `log in as eva with xyz`.

use std::ops::Range;

use super::hints::Hints;
use super::persons::{
    digits, glued_login, is_chosen, is_given, is_grown, is_handmade, is_known_user, is_password,
    is_sure_user, is_user,
};
use super::traits::{Traits, is_logged};
use crate::key::judge::{is_dense, is_marked, is_random, is_scrambled};
use crate::key::lexicon::{Certainty, classify};
use crate::page::{Parts, words as parts};
use crate::placeholder;
use crate::span::Span;

/// Words that say that a line is about getting in somewhere.
#[rustfmt::skip]
const LOGIN: &[&str] = &[
    "login", "logins", "logon", "credential", "credentials", "creds", "cred", "signin", "zugang", "zugangsdaten", "anmeldung",
    "anmeldedaten", "sudo", "account", "accounts", "konto", "passwords", "passwoerter", "passwörter", "kennwörter",
];

/// What may stand between a user and a password that follows it.
const BETWEEN: &[&str] = &[
    "/", "|", "-", "–", "—", ":", "::", "→", "->", "=>", ",", "and", "und", "with", "mit", "&", "+", "then",
    "dann",
];

/// What binds a password to a user who was named as such.
const BINDS: &[&str] = &[" with ", " and ", " und ", " mit ", ", "];

/// Words that lead to a password, where a line has its name.
const LEADS: &[&str] = &[
    " is ", " was ", " ist ", " war ", " try ", " use ", " then ", " enter ", "old:", "new:", " one ",
    "neu:", "alt:",
];

/// Longer lines are no notes.
pub(super) const LONGEST: usize = 400;

/// A word of a line, where it stands, without what frames it.
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// As it stands.
    pub(super) whole: &'t str,
}

pub(super) fn words(line: &str) -> Vec<Word<'_>> {
    parts(line)
        .map(|(at, whole)| {
            let text = whole.trim_start_matches(['"', '\'', '`', '(', '*', '“', '„', '‘', '[', '_']);
            let front = whole.len() - text.len();
            let text =
                text.trim_end_matches(['"', '\'', '`', ')', '”', '“', '’', ']', ',', ';', '.', '*', '_']);
            Word { text, at: at + front, whole }
        })
        .collect()
}

/// The passwords of a line that says how somebody gets in. In a list of logins the line need not say so itself.
pub(super) fn logins(line: &str, start: usize, is_listed: bool, traits: &Traits, hints: Hints) -> Vec<Span> {
    let is_joined = || BINDS.iter().any(|word| line.contains(word));
    // Where only a secret's name says so, something in the line has to look like one.
    let is_told = || {
        traits.has_mark()
            || traits.has_quote()
            || traits.has_at()
            || traits.blanks >= 2 && LEADS.iter().any(|word| line.contains(word))
    };
    let is_likely = is_listed
        || hints.has_login
        || hints.has_slash
        || hints.has_key && !is_logged(line, traits) && is_told()
        || hints.has_user && is_joined();
    if !is_likely || line.len() > LONGEST || is_code(line) {
        return Vec::new();
    }
    let words = words(line);
    let is_login = is_listed
        || hints.has_login
            && (words.iter().any(|word| is_about_login(word.text))
                || line.contains("og in")
                || line.contains("ign in"));
    let mut found = parted(&words, is_login, is_listed);
    found.extend(words.iter().enumerate().filter_map(|(at, word)| {
        let inner = glued_login(word.text)?;
        let password = &word.text[inner.clone()];
        let before = at.checked_sub(1).map_or("", |before| words[before].text);
        let is_led =
            matches!(before, "to" | "now" | "is" | "with" | "use" | "using" | "→" | "->" | "jetzt" | "mit");
        let is_known = is_known_user(&word.text[..inner.start - 1]);
        let is_at = word.text[inner.end..].starts_with('@');
        // `ADMIN/V6QK8YMN` on a sticker
        let is_printed = password.len() >= 8 && is_scrambled(password) && !password.contains(['.', '/']);
        let is_changed = before == "to" && line.contains("hanged") && is_grown(password);
        let fits = is_login
            || is_at
            || is_changed
            || is_sure_user(&word.text[..inner.start - 1])
                && word.text.as_bytes()[inner.start - 1] == b':'
                && is_grown(password)
            || is_known && (is_marked(password) || is_printed || is_led && is_chosen(password));
        fits.then_some(word.at + inner.start..word.at + inner.end)
    }));
    found.extend(beside(&words));
    if is_login || hints.has_key {
        found.extend(told(&words, is_login));
    }
    if is_login || hints.has_key {
        found.extend(marked(line, &words));
    }
    found.into_iter().map(|range| Span::new(start + range.start..start + range.end, "password")).collect()
}

/// `admin  xyz`, `admin: xyz`, `admin — xyz`: a user whom every machine has, and what can be nothing but a password.
fn beside(words: &[Word<'_>]) -> Vec<Range<usize>> {
    let is_sign = |word: &Word<'_>| matches!(word.whole, "—" | "–" | "-" | "|" | ":" | "→" | "->");
    let pairs = words.windows(3).filter(|three| is_sign(&three[1])).map(|three| (&three[0], &three[2]));
    let all = words.windows(2).map(|two| (&two[0], &two[1])).chain(pairs);
    all.filter(|(user, value)| {
        is_known_user(user.text.trim_end_matches(':')) && is_password(value.text) && is_marked(value.text)
    })
    .map(|(_, value)| value.at..value.at + value.text.len())
    .collect()
}

/// `(old: xyz, new: abc)`, and in a line about logins `is xyz`.
fn told(words: &[Word<'_>], is_login: bool) -> Vec<Range<usize>> {
    // `the new one is xyz`
    let ones = words.windows(3).filter(|three| {
        matches!(three[0].text, "one" | "eine" | "neue")
            && matches!(three[1].text, "is" | "was" | "ist" | "war")
    });
    let ones = ones.map(|three| &three[2]).filter(|word| is_password(word.text));
    let is_asked_for = words.iter().any(|word| {
        let name = word.text.trim_end_matches([':', 's']);
        name.bytes().all(|byte| byte.is_ascii_alphabetic()) && classify(name, None) == Some(Certainty::Strong)
    });
    let is_lead = |word: &Word<'_>| {
        let low = word.text.to_lowercase();
        matches!(low.as_str(), "old:" | "new:" | "alt:" | "neu:")
            || is_login && matches!(low.as_str(), "is" | "ist" | "now" | "jetzt")
            || is_asked_for && matches!(low.as_str(), "is" | "was" | "ist" | "war" | "now" | "jetzt")
            || is_asked_for
                && matches!(
                    low.as_str(),
                    "try" | "use" | "enter" | "type" | "then" | "nimm" | "probier" | "versuch" | "verwende"
                )
    };
    // What has a name in quotation marks is called so.
    let is_called = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before].text).to_lowercase();
        [
            "entry",
            "eintrag",
            "item",
            "called",
            "named",
            "key",
            "file",
            "user",
            "host",
            "group",
            "ssid",
            "network",
            "record",
            "collection",
        ]
        .iter()
        .any(|noun| before.ends_with(noun))
    };
    let in_quotes = words.iter().enumerate().filter(|(at, word)| {
        let framed = word.whole.trim_end_matches([',', '.', ';', ':', ')']);
        let is_framed = framed.starts_with(['"', '“', '„', '\'']) && framed.ends_with(['"', '”', '“', '\'']);
        let fits = word.text.len() >= 8 && digits(word.text) > 0 && !word.text.contains(['/', '\'']);
        is_asked_for && is_framed && fits && is_password(word.text) && !is_called(*at)
    });
    let in_quotes = in_quotes.map(|(_, word)| word);
    let pairs = words.windows(2).filter(|two| {
        is_lead(&two[0])
            && (is_password(two[1].text) && is_chosen(two[1].text) || is_asked_for && is_grown(two[1].text))
    });
    // `the login is on the sticker: xyz`
    let last = words.windows(2).filter(|two| {
        is_login
            && two[0].whole.ends_with(':')
            && is_password(two[1].text)
            && is_dense(two[1].text)
            && !two[1].text.contains('/')
            && glued_login(two[1].text).is_none()
    });
    let pairs = pairs.chain(last).map(|two| &two[1]);
    pairs.chain(ones).chain(in_quotes).map(|word| word.at..word.at + word.text.len()).collect()
}

/// The last resort: in a sentence about passwords or logins, words that look like nothing else.
fn marked(line: &str, words: &[Word<'_>]) -> Vec<Range<usize>> {
    let plain = words
        .iter()
        .filter(|word| word.text.len() > 1 && word.text.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .count();
    let is_sentence = words.len() >= 3
        && plain * 2 >= words.len()
        && !line.contains(['{', '}', '$'])
        && line.matches(';').count() == line.matches("; ").count()
        && !line.contains("()");
    let fits = |word: &&Word<'_>| is_sentence && is_password(word.text) && is_marked(word.text);
    words.iter().filter(fits).map(|word| word.at..word.at + word.text.len()).collect()
}

/// `login`, `web/login`, `creds:`
pub(super) fn is_about_login(word: &str) -> bool {
    word.trim_end_matches([':', '\''])
        .split(['/', '-'])
        .any(|part| LOGIN.iter().any(|login| part.eq_ignore_ascii_case(login)))
}

/// `eva / xyz`, `as eva with xyz`.
fn parted(words: &[Word<'_>], is_login: bool, is_listed: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let is_wireless = words.iter().any(|word| {
        let low = word.text.trim_end_matches(':').to_ascii_lowercase();
        matches!(low.as_str(), "wifi" | "wi-fi" | "wlan" | "ssid")
    });
    for (at, [user, sign, value]) in
        words.windows(3).map(|three| [&three[0], &three[1], &three[2]]).enumerate()
    {
        let is_sign = BETWEEN.contains(&sign.whole.to_lowercase().as_str());
        // `user eva, xyz`
        let is_named = |before: usize| {
            words.get(before).is_some_and(|word| {
                let low = word.text.trim_end_matches(':').to_lowercase();
                matches!(
                    low.as_str(),
                    "user"
                        | "username"
                        | "as"
                        | "enter"
                        | "benutzer"
                        | "login"
                        | "als"
                        | "account"
                        | "nutzer"
                )
            })
        };
        let by_comma =
            sign.at > 0 && user.whole.ends_with("user") && sign.whole.ends_with(',') && is_user(sign.text);
        // `credentials: guest, xyz`
        let by_login =
            is_login && user.whole.ends_with(',') && is_known_user(user.text) && is_grown(sign.text);
        if by_login {
            found.push(sign.at..sign.at + sign.text.len());
        }
        // `root on nas2: xyz`
        let is_on = matches!(sign.text, "on" | "auf" | "at")
            && is_known_user(user.text)
            && value.whole.ends_with(':');
        if let Some(last) = words.get(at + 3).filter(|last| is_on && is_grown(last.text)) {
            found.push(last.at..last.at + last.text.len());
        }
        if by_comma && is_password(value.text) {
            found.push(value.at..value.at + value.text.len());
        }
        if !is_sign || !is_user(user.text) {
            continue;
        }
        let is_led = at > 0
            && (is_named(at - 1)
                || words[at - 1].whole.ends_with(':')
                || matches!(words[at - 1].whole, "is" | "ist" | "are" | "sind" | "lauten"));
        let fits = match sign.whole {
            // The name of a network and what opens it.
            "/" if is_wireless && !is_login && !is_sure_user(user.text) => is_led && value.text.len() >= 8,
            "/" => {
                is_known_user(user.text)
                    && (is_login || is_chosen(value.text) || is_sure_user(user.text) && is_grown(value.text))
                    || (is_led || is_listed) && (is_login || is_chosen(value.text))
                    || is_login && (is_dense(value.text) || is_chosen(value.text) && digits(value.text) >= 2)
                    || is_led && is_handmade(value.text)
            }
            "::" | "→" | "->" | "=>" => {
                (is_known_user(user.text) || is_led || is_login)
                    && (is_handmade(value.text) || is_random(value.text))
            }
            "+" if user.text.contains('@') => is_handmade(value.text),
            "|" | "-" | "–" | "—" | ":" => {
                is_login && (is_known_user(user.text) || is_dense(value.text))
                    || is_sure_user(user.text) && is_dense(value.text) && words.len() == at + 3
                    || is_led && is_marked(value.text)
                    || is_led
                        && is_grown(value.text)
                        && is_known_user(words[at - 1].text.trim_end_matches(':'))
            }
            // `admin: eva – xyz`
            _ if is_led && is_login => is_grown(value.text),
            _ => at > 0 && is_named(at - 1) || is_login && is_known_user(user.text) && is_chosen(value.text),
        };
        // `admin / editor2 / viewer`
        let is_list = words.get(at + 3).is_some_and(|next| next.whole == sign.whole);
        let is_sure = is_sure_user(user.text) || is_led && is_login;
        if fits && !is_list && (is_password(value.text) || is_sure && is_given(value.text)) {
            found.push(value.at..value.at + value.text.len());
        }
    }
    found
}

/// The password of a text that is a login and nothing else.
pub(crate) fn login_in(text: &str) -> Option<Range<usize>> {
    if let Some(range) = glued_login(text.trim_matches('`')) {
        let shift = text.len() - text.trim_start_matches('`').len();
        return Some(range.start + shift..range.end + shift);
    }
    parted(&words(text), true, true).pop()
}

/// Not what a person wrote down, but what a program reads or prints. What was taken out of a line may have been what told.
pub(super) fn is_code(line: &str) -> bool {
    static SIGNS: Parts = Parts::new(&["](", "==", "&&", "||", "<-", "\":", "=\""]);
    let text = line.trim();
    text.ends_with(['{', '}', ';', '\\'])
        || SIGNS.are_in(text)
        || text.starts_with(['{', '$', '"'])
        || text.starts_with('<') && !["<@", "<!--", "<%#"].iter().any(|open| text.starts_with(open))
        || text.starts_with('[') && !text[1..].starts_with(|first: char| first.is_ascii_alphanumeric())
        || placeholder::is_in(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        let hints =
            Hints { has_login: true, has_user: true, has_slash: line.contains(" / "), ..Hints::default() };
        logins(line, 0, false, &Traits::of(line), hints)
            .into_iter()
            .map(|span| &line[span.start..span.end])
            .collect()
    }

    #[test]
    fn people_write_logins_in_many_ways() {
        for (line, password) in [
            ("fritzbox: eva / wieseFalke55", "wieseFalke55"),
            ("the switch login is admin / Kx93!fa", "Kx93!fa"),
            ("- ipmi on pve2 (10.0.0.9): ADMIN / Gt77kkPw", "Gt77kkPw"),
            ("grafana creds: viewer:Sonne#2024", "Sonne#2024"),
            ("nas login admin/Winter2024!nas", "Winter2024!nas"),
            ("log in as eva with `Kx93fa77` please", "Kx93fa77"),
            ("ssh user root and Kx93fa77", "Kx93fa77"),
        ] {
            assert_eq!(found(line), [password], "{line}");
        }
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        for line in [
            "disks: sda / WD40EFRX-68N32N0",
            "admin guide: see nginx / 1.25.3",
            "the login page runs on web1:8080",
            "login nodes: node1/node2 and node3",
            "access log: 10.0.0.7 - eva [27/Nov/2026:10:00:00 +0100]",
            "user eva and 3 others logged in",
            "account: eva / [[secret:password#abcdef]]",
        ] {
            assert_eq!(found(line), Vec::<&str>::new(), "{line}");
        }
    }
}
