//! Codes and passwords that stand below a heading which says that several follow: recovery codes, seeds, lists of passwords.

use std::ops::Range;

use super::persons::{is_directory_name, is_host};
use crate::key::harmless::{is_path, is_prose, is_reference, is_stand_in};
use crate::key::judge::{is_diceware, is_opaque, is_worded};
use crate::page::offset;
use crate::placeholder;
use crate::span::Span;

/// What a heading said of the lines below it, and how many may still belong to it.
pub(crate) type Memory = Option<(Listed, u8)>;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Codes without a name.
    Codes,
    /// A name and a password in each line.
    Passwords,
}

/// A list is over after so many lines.
const LONGEST: u8 = 24;

/// Phrases of headings, in small letters, below which codes stand.
#[rustfmt::skip]
const CODES: &[&str] = &[
    "recovery code", "backup code", "backupcode", "scratch code", "setup key", "recovery phrase", "recovery key", "seed phrase",
    "mnemonic", "emergency code", "one-time code", "wiederherstellungscode", "wiederherstellungsschlüssel", "wiederherstellungsphrase",
    "notfallcode", "ersatzcode", "sicherungscode", "herstelcode", "herstelsleutel", "reservecode", "codes de secours", "codes de récupération",
    "phrase de récupération", "códigos de recuperación", "códigos de respaldo", "frase de recuperación", "codici di recupero", "codici di backup",
    "use one of:", "use one of these", "unseal key",
];

/// Words of headings, in small letters, below which passwords stand beside what they are for.
#[rustfmt::skip]
const PASSWORDS: &[&str] = &[
    "passwords", "passwörter", "passwoerter", "kennwörter", "passwortliste", "kennwortliste", "wachtwoorden", "wachtwoordenlijst", "mots de passe",
    "contraseñas", "claves", "senhas", "hasła", "lösenord", "pws", "pwds", "logins", "login/passwort", "login/password", "user/password",
    "user / password", "zugangsdaten", "identifiants", "credenciales", "inloggegevens",
];

/// The secrets of a line, and what it says of those below.
pub(super) fn secrets(memory: &mut Memory, line: &str, start: usize, may_head: bool) -> Vec<Span> {
    let text = line.trim();
    if let Some(listed) = (may_head && !placeholder::is_in(text)).then(|| heads(text)).flatten() {
        *memory = Some((listed, LONGEST));
        return Vec::new();
    }
    let Some((listed, left)) = *memory else { return Vec::new() };
    let is_over =
        left == 0 || text.starts_with(['#', '$', '=', '[', '{']) && text.len() > 1 && !is_rule(text);
    *memory = (!is_over).then(|| (listed, left.saturating_sub(if text.is_empty() { 8 } else { 1 })));
    if is_over || text.is_empty() {
        return Vec::new();
    }
    let found = match listed {
        Listed::Codes => codes(line),
        Listed::Passwords => password(line).into_iter().collect(),
    };
    let name = if listed == Listed::Codes { "recovery_code" } else { "password" };
    found.into_iter().map(|range| Span::new(start + range.start..start + range.end, name)).collect()
}

/// A short line that is no sentence and no setting; what stands behind a colon is what the line itself says.
fn heads(text: &str) -> Option<Listed> {
    let is_remarked = text.ends_with(')');
    let text = if is_remarked { text.find(" (").map_or(text, |at| &text[..at]) } else { text };
    let is_led = text.ends_with(':');
    let is_of_code = |byte: u8| matches!(byte, b'{' | b'"' | b'`' | b'=') || byte == b';' && !is_led;
    if text.len() >= 100
        || text.ends_with('.')
        || text.bytes().any(is_of_code)
        || !is_led && text.contains(": ")
        || text.split_whitespace().nth(14).is_some()
    {
        return None;
    }
    let low = text.to_lowercase();
    let may_be_codes = low.ends_with(':') || !is_prose(text);
    if may_be_codes && CODES.iter().any(|phrase| low.contains(phrase)) {
        return Some(Listed::Codes);
    }
    let count = low.split_whitespace().count();
    let is_named = |phrase: &str| {
        low.match_indices(phrase).any(|(at, _)| {
            let before = low[..at].chars().next_back();
            let after = low[at + phrase.len()..].chars().next();
            before.is_none_or(|mark| !mark.is_alphanumeric())
                && after.is_none_or(|mark| !mark.is_alphanumeric())
        })
    };
    (count <= 5 && !is_prose(text) && PASSWORDS.iter().any(|phrase| is_named(phrase)))
        .then_some(Listed::Passwords)
}

fn is_rule(text: &str) -> bool {
    text.chars().all(|mark| !mark.is_alphanumeric())
}

/// The codes of a line: alone in it, numbered, side by side, or behind what they are for.
fn codes(line: &str) -> Vec<Range<usize>> {
    if line.contains(": ") && !line.trim_start().starts_with(|first: char| first.is_ascii_digit()) {
        return Vec::new();
    }
    cells(line)
        .into_iter()
        .filter_map(|cell| {
            let said = &line[cell.clone()];
            let number = said.bytes().take_while(u8::is_ascii_digit).count();
            let is_numbered = (1..3).contains(&number) && said[number..].starts_with(['.', ')', ':']);
            let skipped = if is_numbered { number + 1 } else { 0 };
            let code = said[skipped..].trim().trim_matches(['-', '*', '•', '`', ' ', ',']);
            let at = offset(code, line);
            is_code(code).then(|| at..at + code.len())
        })
        .collect()
}

/// Groups of letters and digits that are no words.
fn is_code(code: &str) -> bool {
    let is_dated = code.len() == 10 && code.starts_with("20") && code.as_bytes()[4] == b'-';
    let groups: Vec<&str> = code.split([' ', '-']).collect();
    let is_group = |group: &&str| {
        (3..=64).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let is_capital = code.len() >= 16 && code.bytes().all(|byte| !byte.is_ascii_lowercase());
    let is_plain = code.len() >= 8 && groups.iter().all(is_group) && (digits >= 2 || is_capital) && !is_dated;
    is_plain || is_worded(code) && groups.len() >= 6
}

/// The password at the end of a line that says before it what it is for.
fn password(line: &str) -> Option<Range<usize>> {
    const SIGNS: &[&str] = &[" : ", ": ", " = ", " / ", " · ", " - ", " – ", " — ", " | ", ".. ", "  ", "\t"];
    let text = line.trim_end();
    let at = SIGNS.iter().filter_map(|sign| Some(text.rfind(sign)? + sign.len())).max()?;
    let said = text[at..].trim_matches(['"', '\'', '`', '*', ' ']);
    let begin = offset(said, line);
    let digits = said.bytes().filter(u8::is_ascii_digit).count();
    let is_number = digits == said.len() && (6..=12).contains(&digits);
    let letters = said.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_word = (is_opaque(said) && (letters >= 3 || digits < said.len())) && said.len() >= 6 && digits > 0;
    let fits = (is_number || is_word || is_diceware(said))
        && text[..at].bytes().any(|byte| byte.is_ascii_alphabetic())
        && !said.contains(char::is_whitespace)
        && !is_host(said) | is_diceware(said)
        && !is_path(said)
        && !is_reference(said)
        && !is_stand_in(said)
        && !is_directory_name(said)
        && !said.contains("://")
        && !said.contains(['@']) | said.contains(['!', '#', '$', '%'])
        && !is_dated(said);
    fits.then(|| begin..begin + said.len())
}

fn is_dated(said: &str) -> bool {
    said.len() == 10
        && said.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'/'))
        && said.contains(['-', '.', '/'])
}

/// Where the parts of a line are that two blanks part.
fn cells(line: &str) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    for part in line.split("  ") {
        let inner = part.trim();
        if !inner.is_empty() {
            let at = offset(inner, line);
            cells.push(at..at + inner.len());
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut memory = Memory::default();
        text.lines()
            .flat_map(|line| {
                let spans = secrets(&mut memory, line, 0, true);
                spans.into_iter().map(|span| line[span.start..span.end].to_owned()).collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn below_a_heading_codes_need_no_name() {
        assert_eq!(
            found("Gitea recovery codes\n  a9k2f-77xqe\n\n  kk3n1-0p2la\nprinted 2025-01-02"),
            ["a9k2f-77xqe", "kk3n1-0p2la"]
        );
        assert_eq!(found("Backupcodes (eva@lan)\n1. 1582 7429   6. 6513 2243"), ["1582 7429", "6513 2243"]);
        assert_eq!(found("mots de passe maison\nbox ..... xA9A6lJsbG\nimprimante .. aucun"), ["xA9A6lJsbG"]);
        assert_eq!(
            found("wachtwoordenlijst\n nas : 0V3uN6Ib\n wifi : beter-gras-tuin-hek"),
            ["0V3uN6Ib", "beter-gras-tuin-hek"]
        );
    }

    #[test]
    fn what_is_no_code_stays() {
        assert!(
            found("recovery codes: printed on 2025-05-05, in the safe\nRemaining codes: 8 of 10").is_empty()
        );
        assert!(found("Passwords are rotated by Ansible.\nnas: Debian12").is_empty());
        assert!(found("passwords\nnas : see vault\nhost : nas2.lan\nsince : 2025-01-02").is_empty());
    }
}
