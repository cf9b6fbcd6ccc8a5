//! Headers of HTTP: credentials and cookies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::{is_opaque, is_random};
use crate::key::lexicon::{Certainty, classify};
use crate::page::{Page, run};
use crate::placeholder;
use crate::span::Span;

/// `Authorization: Bearer …` and its relatives, `at` being where the word begins.
pub(crate) fn authorization_at(page: &Page<'_>, at: usize, word: usize) -> Option<Span> {
    let rest = page.rest(at + word);
    let after = rest.trim_start_matches(['"', '\'', '\\', ']', ')', ' ', '\t']);
    let after = after.strip_prefix(
        ["=>", ":", "=", ","].iter().find(|mark| after.starts_with(**mark)).copied().unwrap_or(""),
    )?;
    let separated = after.trim_start_matches([' ', '\t', '"', '\'', '`', '\\']);
    if separated.len() == rest.len() {
        return None;
    }
    credential(page, at + word + rest.len() - separated.len(), separated)
}

/// The credential that `text`, at `start`, begins with: a scheme and what goes with it.
fn credential(page: &Page<'_>, start: usize, text: &str) -> Option<Span> {
    let line = &text[..text.find(['"', '\'', '`', '<']).unwrap_or(text.len())];
    let (scheme, token) = line.split_once(' ').unwrap_or(("", line));
    // What was taken out of parameters may have had what parts them in it.
    let has_parameters = token.contains(", ") || placeholder::is_in(token);
    if has_parameters
        || is_parameter(token) && text[line.len()..].starts_with('"')
        || scheme.ends_with(['=', ','])
    {
        return parameter(page, start);
    }
    let offset = start + line.len() - token.trim_start().len();
    let token = token.trim_start();
    let token = &token[..run(token, |byte| byte.is_ascii_graphic())];
    let token = token.trim_end_matches([',', ';', ')', '}', '\\']);
    let core = core_of(token)?;
    let fits = token.len() >= 8
        && (is_opaque(token) || !scheme.is_empty() && token.len() >= 16)
        && !is_reference(token)
        && !is_stand_in(token)
        && !is_stand_in(&token[core.clone()]);
    let core = if token[core.clone()].len() < 4 { 0..token.len() } else { core };
    fits.then(|| Span::new(offset + core.start..offset + core.end, "authorization"))
}

/// `username=`, with the quotation mark to come.
fn is_parameter(token: &str) -> bool {
    token
        .strip_suffix('=')
        .is_some_and(|name| name.len() < 16 && name.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// `Digest …, response="…"`: of the parameters the one that proves.
fn parameter(page: &Page<'_>, start: usize) -> Option<Span> {
    let rest = page.rest(start);
    for name in ["response=\"", "Signature=", "signature=\"", "Token=\"", "token=\""] {
        if let Some(at) = rest.find(name) {
            let begin = at + name.len();
            let length = run(&rest[begin..], |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
            });
            return (length >= 16).then(|| Span::new(start + begin..start + begin + length, "authorization"));
        }
    }
    None
}

/// `Bearer x` wherever it stands.
pub(crate) fn bearer_at(page: &Page<'_>, at: usize, word: usize) -> Option<Span> {
    let start = at + word;
    let rest = page.rest(start);
    // `"Bearer " + "x"`
    let joined = ["\" + \"", "' + '", "\" . \"", "' . '", "\" \"", "\"+\""]
        .iter()
        .find(|join| rest.starts_with(**join));
    let start = start + joined.map_or(0, |join| join.len());
    let start = start + run(page.rest(start), |byte| byte == b' ');
    let rest = page.rest(start);
    let token = &rest[..run(rest, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=')
    })];
    let core = core_of(token)?;
    let fits = is_random(token) && !is_stand_in(token) && !is_reference(token);
    fits.then(|| Span::new(start + core.start..start + core.end, "bearer"))
}

/// `Basic` and a login in base64, wherever it stands; the login begins at `start`.
pub(crate) fn basic_at(page: &Page<'_>, start: usize) -> Option<Span> {
    let rest = page.rest(start);
    let length = run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    is_encoded_login(&rest[..length]).then(|| Span::new(start..start + length, "basic_login"))
}

/// Base64 of `user:password`.
pub(crate) fn is_encoded_login(text: &str) -> bool {
    let bare = text.trim_end_matches('=');
    if bare.len() < 10 || bare.len() > 400 {
        return false;
    }
    let Ok(bytes) = STANDARD_NO_PAD.decode(bare) else { return false };
    let Ok(said) = std::str::from_utf8(&bytes) else { return false };
    let is_shown = said.bytes().all(|byte| byte.is_ascii_graphic());
    is_shown && said.split_once(':').is_some_and(|(user, password)| user.len() >= 2 && password.len() >= 3)
}

/// Base64 of `NAME=value`, the name being a secret's.
pub(super) fn is_encoded_setting(text: &str) -> bool {
    let Ok(bytes) = STANDARD_NO_PAD.decode(text.trim_end_matches('=')) else { return false };
    let Ok(said) = std::str::from_utf8(&bytes) else { return false };
    said.lines().any(|line| {
        line.split_once('=').is_some_and(|(name, _)| classify(name, None) >= Some(Certainty::Medium))
    })
}

/// Names of cookies that carry a session.
const SESSIONS: &[&str] =
    &["sess", "sid", "auth", "token", "jwt", "csrf", "xsrf", "login", "remember", "cookie", "ticket"];
/// What a `Set-Cookie` says beside its one cookie.
const ATTRIBUTES: &[&str] = &[
    "path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "theme", "lang", "locale", "tz",
];

/// `Cookie: a=b; c=d` and `Set-Cookie: a=b; Path=/`, the name of the header ending at `at`.
pub(crate) fn cookies_at(page: &Page<'_>, at: usize) -> Vec<Span> {
    let rest = page.rest(at);
    let after = rest.trim_start_matches(['"', '\'', ' ', '\\']);
    let Some(list) = after.strip_prefix([':', '=']) else { return Vec::new() };
    cookies(list.trim_start_matches([' ', '"', '\'', '\\']), at + rest.len())
}

/// The secret values of a list of cookies that ends at `end`.
pub(crate) fn cookies(list: &str, end: usize) -> Vec<Span> {
    let begin = end - list.len();
    let list = &list[..list.find(['"', '\'']).unwrap_or(list.len())];
    let mut from = 0;
    let mut found = Vec::new();
    for pair in list.split(';') {
        let start = from + pair.len() - pair.trim_start().len();
        from += pair.len() + 1;
        let Some((name, value)) = pair.trim().split_once('=') else { continue };
        let lower = name.to_ascii_lowercase();
        let is_session = SESSIONS.iter().any(|part| lower.contains(part));
        let fits =
            !ATTRIBUTES.contains(&lower.as_str()) && (is_random(value) || is_session && is_opaque(value));
        if fits
            && !placeholder::is_in(name)
            && !is_reference(value)
            && !is_stand_in(value)
            && let Some(core) = core_of(value)
        {
            let at = begin + start + name.len() + 1;
            found.push(Span::new(at + core.start..at + core.end, name));
        }
    }
    found
}
