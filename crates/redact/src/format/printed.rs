//! Secrets that stand on a line of their own, below the command or the sentence that announces them.

use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::is_opaque;
use crate::key::lexicon::{Certainty, classify};
use crate::span::Span;

/// Commands that print one secret, by what is peculiar to them.
#[rustfmt::skip]
const SHOWS: &[&str] = &[
    "initial-password", ".data.password}", ".data.token}", ".password}' | base64", "-field=password", "-field=token",
    "-field=secret", "pass show ", "gopass show ", "bw get password", "op read ", "cat /run/secrets/", "wg genkey",
    "wg genpsk", "initialAdminPassword", "get-initial-password", "kubectl create token", "sops -d --extract",
    "secret-tool lookup", "keyctl print", "security find-generic-password", "rclone reveal", "preauthkeys create", "apikeys create",
];

/// Words that make a sentence about something else than the secret itself.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "public", "fingerprint", "fingerprints", "hash", "digest", "id", "ids", "name", "names", "file", "files", "path",
    "failed", "invalid", "exist", "exists", "available", "configured", "listed", "expired", "wrong", "usage", "policy", "enter", "re-enter", "retype", "type", "no",
];

/// Whether the next line may be nothing but a secret.
pub(crate) fn announces(line: &str) -> bool {
    let text = line.trim();
    if text.len() < 8 || text.len() > 240 {
        return false;
    }
    let is_shown = SHOWS.iter().any(|show| text.contains(show));
    if is_shown {
        return !text.contains("pubkey") && !text.contains("> ");
    }
    if prints_variable(text) {
        return true;
    }
    text.ends_with(':') && !text.contains(['=', '{', '"', '(']) && is_about_one(text)
}

/// `printenv DB_PASSWORD`, `echo "$TOKEN"`, as the last of a line.
fn prints_variable(text: &str) -> bool {
    let Some((before, name)) = text.rsplit_once(' ') else { return false };
    let name = name.trim_matches(['"', '\'', '$', '{', '}']);
    (before.ends_with("printenv") || before.ends_with("echo"))
        && classify(name, None) >= Some(Certainty::Medium)
}

/// A sentence of several words, one of which is a secret's name.
fn is_about_one(text: &str) -> bool {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|mark: char| !mark.is_ascii_alphanumeric()).to_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let named = |(at, word): (usize, &String)| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        classify(word, before.map(String::as_str)) >= Some(Certainty::Medium)
    };
    words.len() >= 2
        && words.iter().enumerate().any(named)
        && !words.iter().any(|word| ABOUT.contains(&word.as_str()))
}

/// The secret that a line is, when it is nothing else.
pub(crate) fn alone(line: &str, start: usize) -> Option<Span> {
    let word = line.trim().trim_matches(['"', '\'', '`', '*']);
    let is_code = (6..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_pair = word.ends_with(':') || word.trim_end_matches('=').contains('=') || word.contains(": ");
    let fits = !word.contains(char::is_whitespace)
        && word.len() >= 6
        && (is_opaque(word) || is_code)
        && !is_pair
        && !word.starts_with(['-', '<', '{', '[', '/'])
        && !word.starts_with("ssh-")
        && !word.contains("://")
        && !is_reference(word)
        && !is_stand_in(word);
    let core = core_of(word).filter(|_| fits)?;
    let at = start + line.find(word)?;
    Some(Span::new(at + core.start..at + core.end, "secret"))
}
