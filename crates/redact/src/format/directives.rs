//! Directives of SNMP and IPsec, whose words have their places.

use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::is_opaque;
use crate::page::offset;
use crate::span::Span;

/// `rocommunity x`, `com2sec name source x`, `trapsink host x`, `createUser name SHA "x" AES "y"`.
pub(crate) fn directive(line: &str, start: usize) -> Vec<Span> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some(first) = words.iter().position(|word| is_directive(word)) else { return Vec::new() };
    let words = &words[first..];
    let places: Vec<usize> = match words[0].to_ascii_lowercase().as_str() {
        "rocommunity" | "rwcommunity" | "rocommunity6" | "rwcommunity6" | "trapcommunity"
        | "authcommunity" => vec![if words.get(1) == Some(&"log,execute,net") { 2 } else { 1 }],
        "com2sec" | "com2sec6" => vec![if words.get(1) == Some(&"-Cn") { 5 } else { 3 }],
        "trapsink" | "trap2sink" | "informsink" => vec![2],
        "createuser" => vec![3, 5],
        "snmp-server" if words.get(1) == Some(&"user") => keyed(words),
        "usm-user" => words
            .iter()
            .enumerate()
            .filter(|(_, word)| matches!(**word, "md5" | "sha" | "sha256" | "aes" | "des" | "aes128"))
            .map(|(at, _)| at + 1)
            .collect(),
        "snmp-server" => match words.iter().position(|word| matches!(*word, "community" | "version")) {
            Some(at) if words[at] == "community" => vec![at + 1],
            // Of version 3 it is a user.
            Some(at) if words.get(1) == Some(&"host") && words.get(at + 1) != Some(&"3") => vec![at + 2],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    places.into_iter().filter_map(|at| spoken(line, start, words.get(at)?)).collect()
}

/// `auth sha x priv aes 128 y`: what stands after the algorithms.
fn keyed(words: &[&str]) -> Vec<usize> {
    let is_algorithm =
        |word: &str| matches!(word, "md5" | "sha" | "sha256" | "aes" | "des" | "3des" | "aes128" | "aes256");
    let is_length = |at: &usize| words.get(*at).is_some_and(|word| matches!(*word, "128" | "192" | "256"));
    let named = words.iter().enumerate().filter(|(_, word)| is_algorithm(word));
    named.map(|(at, _)| if is_length(&(at + 1)) { at + 2 } else { at + 1 }).collect()
}

fn is_directive(word: &str) -> bool {
    let low = word.to_ascii_lowercase();
    matches!(
        low.as_str(),
        "rocommunity"
            | "rwcommunity"
            | "rocommunity6"
            | "rwcommunity6"
            | "trapcommunity"
            | "authcommunity"
            | "com2sec"
            | "com2sec6"
            | "trapsink"
            | "trap2sink"
            | "informsink"
            | "createuser"
            | "usm-user"
            | "snmp-server"
    )
}

/// One word of a line as a secret, without its quotation marks.
fn spoken(line: &str, start: usize, word: &str) -> Option<Span> {
    let bare = word.trim_matches(['"', '\'']);
    let at = start + offset(bare, line);
    let fits = bare.len() >= 3
        && !matches!(bare, "public" | "private" | "RO" | "RW" | "ro" | "rw" | "SHA" | "AES")
        && !is_reference(bare)
        && !is_stand_in(bare);
    fits.then(|| Span::new(at..at + bare.len(), "snmp_community"))
}

/// `: PSK "x"`, `user : EAP "x"`, `: RSA key.pem "x"`, as in `ipsec.secrets`; the kind of secret is at `at`.
pub(crate) fn ipsec(line: &str, start: usize, at: usize) -> Option<Span> {
    let before = line[..at].trim_end();
    if !before.ends_with(':') {
        return None;
    }
    let rest = &line[at..];
    let kind = rest.split_whitespace().next()?;
    // `key: rsa-2048`
    const KINDS: &[&str] =
        &["psk", "eap", "xauth", "rsa", "ntlm", "ecdsa", "bliss", "p12", "pin", "pkcs8", "pkcs12"];
    if !KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return None;
    }
    let value = rest[kind.len()..].trim();
    let bare =
        if value.contains('"') { value.split('"').nth(1)? } else { value.split_whitespace().next()? };
    let begin = start + offset(bare, line);
    let fits = bare.len() >= 3
        && !is_reference(bare)
        && !is_stand_in(bare)
        && (value.contains('"') || kind != "RSA")
        && (value.contains('"')
            || is_opaque(bare)
            || before.trim_end_matches(':').ends_with([' ', '\t'])
            || before == ":");
    let core = core_of(bare).filter(|_| fits)?;
    Some(Span::new(begin + core.start..begin + core.end, "ipsec_secret"))
}
