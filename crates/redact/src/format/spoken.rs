//! Passwords in sentences, by the words that lead to them: `root password stays xyz`, `xyz is still the password of the nas`.

use std::ops::Range;

use super::persons::is_sure_user;
use super::prose::Word;
use crate::key::harmless::{is_path, is_reference, is_stand_in};
use crate::key::judge::{is_name_of_one, is_opaque};
use crate::key::lexicon::{Certainty, classify, is_about};

/// Between the name and what it leads to stand so many words at most.
const FURTHEST: usize = 9;

/// Words right before a password that somebody speaks of.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "is", "was", "stays", "remains", "to", "now", "still", "it's", "its", "again", "as", "uses", "use", "try", "enter", "then", "always", "with",
    "ist", "war", "bleibt", "auf", "jetzt", "noch", "überall", "wieder", "lautet", "nun", "einfach", "immer", "nimm", "mit", "=", "->", "→", "-", "–",
    "es", "est", "c'est", "era", "è", "é", "to", "jest", "är", "er", "becomes", "wird", "reset", "called", "heißt", "simply", "just", "currently",
    "everywhere", "pones", "from", "von", "auf", "poner", "pongo", "probar", "nach", "in", "heet", "blijft", "wordt", "nu", "devient", "reste", "sigue", "sera", "será", "entered",
];

/// Names of things that have numbers, which people write like passwords.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "debian", "ubuntu", "fedora", "alpine", "proxmox", "centos", "rocky", "windows", "server", "node", "port", "vlan", "version", "firmware", "model",
    "raid", "rack", "room", "raum", "host", "disk", "slot", "build", "switch", "router", "backup", "release", "kernel", "python", "java", "node.js",
    "usb", "ipv", "sha", "aes", "argon", "keepass", "bcrypt", "scrypt", "pbkdf", "wpa", "level", "phase", "step", "page", "chapter", "ticket", "issue",
    "user", "group", "test", "vmbr", "eth", "enp", "wlan", "tank", "pool", "luks", "zone", "camera", "cam", "office", "floor", "desk", "web", "mail",
    "postgres", "mysql", "mariadb", "redis", "influxdb", "samba", "smbv", "snmpv", "ssh", "tls", "http", "oauth", "base", "utf", "iso", "rfc",
];

/// Letters and digits as in a password of a person, and no name of a thing with its number.
fn is_candidate(word: &str) -> bool {
    let word = word.strip_prefix(['+', '%', '!', '#']).unwrap_or(word).trim_end_matches('+');
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let stem: String = word
        .chars()
        .take_while(|letter| letter.is_alphabetic() || *letter == '.')
        .collect::<String>()
        .to_lowercase();
    let is_thing = THINGS.contains(&stem.as_str()) && word.len() <= stem.len() + 4;
    let is_dashed = word.contains('-')
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    // `web-prod-1` may be a machine, `otter-lamp-47` hardly.
    let is_machine = is_dashed && (word.matches('-').count() < 2 || word.len() < 12)
        || word.contains('.') && word.bytes().all(|byte| !byte.is_ascii_uppercase());
    letters >= 4
        && digits >= 1
        && word.len() >= 7
        && is_opaque(word)
        && !is_thing
        && !is_machine
        && !word.contains(['/', ':', '@', '=', '(', '[', '<', '{', '"', '+', ','])
        && !word.starts_with(['#', '$', '%', '-', '&'])
        && !is_path(word)
        && !is_reference(word)
        && !is_stand_in(word)
        && !is_name_of_one(word, Certainty::Faint)
}

/// Whether a line may hold one at all: letters and a digit in one word.
pub(super) fn may_hold(line: &str) -> bool {
    let mut letters = 0;
    for byte in line.bytes() {
        match byte {
            b'0'..=b'9' if letters >= 4 => return true,
            byte if byte.is_ascii_alphabetic() || !byte.is_ascii() => letters += 1,
            b' ' | b'\t' => letters = 0,
            _ => {}
        }
    }
    false
}

fn bare(word: &str) -> &str {
    word.trim_end_matches([':', ',', '.', ';', '!', '?', ')'])
}

/// What opens something in other languages too, and communities of SNMP.
const NOUNS: &[&str] = &[
    "clave",
    "chiave",
    "sleutel",
    "schlüssel",
    "comunidad",
    "communauté",
    "snmp-community",
    "community",
    "netzwerkschlüssel",
];

/// The name of a password, alone: `password`, `Root-Passwort`, `pw`.
fn is_noun(word: &str) -> bool {
    let word = bare(word);
    word.len() >= 2
        && word != "PASS"
        && word.chars().all(|letter| letter.is_alphabetic() || letter == '-')
        && (classify(word, None) == Some(Certainty::Strong) || NOUNS.contains(&word.to_lowercase().as_str()))
}

/// The passwords that a sentence with their name leads to.
pub(super) fn passwords(words: &[Word<'_>]) -> Vec<Range<usize>> {
    let is_named = |at: usize| {
        is_noun(words[at].text)
            && (words[at].whole.ends_with('.')
                || !words.get(at + 1).is_some_and(|next| is_about(bare(next.text))))
    };
    let nouns: Vec<usize> = (0..words.len()).filter(|at| is_named(*at)).collect();
    if nouns.is_empty() || words.iter().filter(|word| word.text.len() > 1).count() < 3 {
        return Vec::new();
    }
    let found = words.iter().enumerate().filter(|(at, word)| {
        is_candidate(word.text)
            && (nouns.iter().any(|noun| leads(words, *noun, *at) || follows(words, *at, *noun)))
    });
    found.map(|(_, word)| word.at..word.at + word.text.len()).collect()
}

/// `password stays xyz`, `password xyz`, `password of the nas (xyz)`
fn leads(words: &[Word<'_>], noun: usize, at: usize) -> bool {
    if at <= noun || at - noun > FURTHEST {
        return false;
    }
    let before = &words[at - 1];
    let low = before.whole.to_lowercase();
    let is_led = at == noun + 1
        || is_named_like_one(words[at].text)
        || LEADS.contains(&low.trim_matches(['"', '\'', ',', '(']))
        || before.whole.ends_with([':', '='])
        || words[at].whole.starts_with(['(', '"', '„', '“', '`']);
    // Another sentence may be about something else.
    is_led
        && !words[noun..at].iter().any(|word| {
            word.whole.ends_with(';')
                || matches!(bare(word.whole), "in" | "im" | "see" | "siehe" | "entry" | "Eintrag")
        })
}

/// `Gaviota5714`, `Regenbogen-Birne1630`: a capital, small letters and two digits or more at the end, as nothing else in a sentence about passwords.
fn is_named_like_one(word: &str) -> bool {
    let stem = word.trim_end_matches(|last: char| last.is_ascii_digit());
    let digits = word.len() - stem.len();
    let is_name = |part: &str| {
        part.len() >= 4
            && part.starts_with(|first: char| first.is_ascii_uppercase())
            && part.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
    };
    (2..=4).contains(&digits) && stem.split('-').all(is_name)
}

/// `xyz as passphrase`, `xyz is still the password`, `xyz - it is the password`
fn follows(words: &[Word<'_>], at: usize, noun: usize) -> bool {
    if noun <= at + 1 || noun - at > 7 {
        return false;
    }
    let next = words[at + 1].whole;
    matches!(next, "as" | "als" | "is" | "ist" | "for" | "=" | "was" | "-" | "–" | "—")
        && !words[at..noun].iter().any(|word| word.whole.ends_with(['.', ';']))
}

/// `nas: admin xyz`, `root with xyz`, `nas|admin|xyz`: who everywhere may do everything, and right behind it what can be nothing else.
pub(super) fn beside_user(line: &str, words: &[Word<'_>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate().skip(1) {
        let is_last = at + 1 == words.len() || word.whole.ends_with([')', ',', ';']);
        let user = |at: usize| bare(words[at].text);
        let is_with = |at: usize| matches!(words[at].text, "with" | "mit" | "and" | "und" | "then" | "using");
        let follows = is_sure_user(user(at - 1)) || at > 1 && is_with(at - 1) && is_sure_user(user(at - 2));
        let is_framed = word.whole.starts_with('(')
            && is_last
            && ["root@", "admin@"].iter().any(|user| words[at - 1].text.starts_with(user));
        let digits = word.text.bytes().filter(u8::is_ascii_digit).count();
        if is_last
            && (follows || is_framed)
            && is_candidate(word.text)
            && (digits >= 2 || at > 1 && is_with(at - 1) || is_framed)
        {
            found.push(word.at..word.at + word.text.len());
        }
    }
    // In cells that some mark parts.
    for mark in ["|", ";", "="] {
        let cells: Vec<&str> = line.split(mark).collect();
        let [.., user, value] = cells[..] else { continue };
        let value = value.trim();
        let name = user.rsplit([' ', '\t']).next().unwrap_or_default();
        if cells.len() <= 5
            && is_sure_user(name.trim())
            && is_candidate(value)
            && value.bytes().filter(u8::is_ascii_digit).count() >= 2
        {
            let start = line.len() - line.rsplit(mark).next().unwrap_or_default().trim_start().len();
            found.push(start..start + value.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::prose::words;
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        let words = words(line);
        passwords(&words).into_iter().chain(beside_user(line, &words)).map(|range| &line[range]).collect()
    }

    #[test]
    fn sentences_lead_to_passwords_from_either_side() {
        for (line, password) in [
            ("The root password stays Ofenrohr_12.", "Ofenrohr_12"),
            ("please rotate Mirabelle77 - it is still the password of two switches", "Mirabelle77"),
            ("the barn uses leiter-balken-7 as passphrase", "leiter-balken-7"),
            ("das alte Passwort Radkappe4 geht nicht mehr", "Radkappe4"),
            ("* ssh: root@10.0.0.9 (Laufrad99)", "Laufrad99"),
            ("NAS....: admin Turnhalle55", "Turnhalle55"),
            ("nas|admin|Turnhalle58", "Turnhalle58"),
            ("log in as root with Kletterwand2", "Kletterwand2"),
        ] {
            assert_eq!(found(line), [password], "{line}");
        }
    }

    #[test]
    fn things_with_numbers_stay() {
        for line in [
            "the password of node Backup12 was changed",
            "password is in KeePass2, entry Switch12",
            "the admin password was set on Debian13",
            "password hashing is Argon2id",
            "ssh root@pve1 (Debian12)",
            "user root and group wheel2024 were made by someone",
        ] {
            assert_eq!(found(line), Vec::<&str>::new(), "{line}");
        }
    }
}
