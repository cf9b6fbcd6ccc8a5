//! What users, machines and passwords look like where people write them down.

use std::ops::Range;

use crate::core_of::core_of;
use crate::key::harmless::{is_key_id, is_path, is_reference, is_stand_in};
use crate::key::judge::{is_dense, is_marked, is_name_of_one, is_opaque};
use crate::key::lexicon::Certainty;

/// `eva:xyz` and `eva/xyz`, where a line is about logins.
pub(super) fn glued_login(word: &str) -> Option<Range<usize>> {
    let at = word.find([':', '/']).filter(|at| *at > 0)?;
    let (user, password) = (&word[..at], &word[at + 1..]);
    // `root:xyz@10.0.0.7`
    if let Some((inner, host)) = password.split_once('@').filter(|_| word.as_bytes()[at] == b':') {
        let fits = is_user(user)
            && is_password(inner)
            && is_host(host)
            && host.contains('.')
            && !inner.contains('/');
        return fits.then(|| at + 1..at + 1 + inner.len());
    }
    let is_numbered = user.bytes().any(|byte| byte.is_ascii_digit()) && is_grown(password);
    let fits = is_user(user)
        && is_password(password)
        && !password.contains('/')
        && (is_known_user(user)
            || is_dense(password)
            || is_numbered
            || word.as_bytes()[at] == b':' && !password.contains(['.', ':', '/']));
    fits.then(|| at + 1..word.len())
}

/// What somebody may be called on a machine.
pub(super) fn is_user(name: &str) -> bool {
    (2..40).contains(&name.len())
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@' | b'\\' | b'+')
        })
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !matches!(
            name,
            "http"
                | "https"
                | "ssh"
                | "and"
                | "or"
                | "the"
                | "to"
                | "for"
                | "see"
                | "on"
                | "at"
                | "in"
                | "und"
                | "der"
                | "die"
        )
}

/// Users that every machine has.
pub(super) fn is_known_user(name: &str) -> bool {
    let low = name.to_ascii_lowercase();
    let name = low.split(['@', '\\']).next().unwrap_or_default();
    matches!(
        name,
        "admin"
            | "administrator"
            | "root"
            | "user"
            | "guest"
            | "ubnt"
            | "pi"
            | "operator"
            | "support"
            | "service"
            | "owner"
            | "backup"
            | "maint"
    )
}

/// Looks like a password, where one is expected.
pub(super) fn is_password(value: &str) -> bool {
    value.len() >= 6
        && is_opaque(value)
        && !is_path(value)
        && !is_reference(value)
        && !is_stand_in(value)
        && !value.contains("://")
        && !is_host(value)
        && !is_name_of_one(value, Certainty::Medium)
        && !is_directory_name(value)
        && !is_key_id(value)
        && core_of(value).is_some()
}

/// Of small letters, digits and something else, as people choose them; names of models have capitals and digits only.
pub(super) fn is_chosen(value: &str) -> bool {
    let has = |class: fn(&u8) -> bool| value.bytes().any(|byte| class(&byte));
    let is_mark = |byte: &u8| byte.is_ascii_punctuation() && !matches!(byte, b'.' | b'/' | b':');
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit) && (has(u8::is_ascii_uppercase) || has(is_mark))
}

/// `cn=admin,dc=lan`
pub(super) fn is_directory_name(value: &str) -> bool {
    let low = value.to_ascii_lowercase();
    ["cn=", "uid=", "ou=", "dc=", "o="].iter().any(|start| low.starts_with(start))
}

/// In the place of a password; there, `otter-lamp-47` is one and no machine.
pub(super) fn is_given(value: &str) -> bool {
    let is_joined = value.len() >= 8
        && value.contains('-')
        && digits(value) >= 2
        && value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    is_password(value) || is_joined && is_opaque(value)
}

/// Four letters and two digits or more, as people make passwords of words.
pub(super) fn is_grown(value: &str) -> bool {
    is_given(value) && digits(value) >= 2 && value.bytes().filter(u8::is_ascii_alphabetic).count() >= 4
}

/// Users whom nothing else is called like.
pub(super) fn is_sure_user(name: &str) -> bool {
    ["admin", "root", "administrator", "ubnt"].iter().any(|user| name.eq_ignore_ascii_case(user))
}

pub(super) fn digits(value: &str) -> usize {
    value.bytes().filter(u8::is_ascii_digit).count()
}

/// Chosen by a person: with a digit at the end of a word or a mark inside it.
pub(super) fn is_handmade(value: &str) -> bool {
    let has_inner = value.as_bytes().windows(3).any(|three| {
        matches!(three[1], b'!' | b'#' | b'$' | b'%' | b'^' | b'*' | b'?' | b'~')
            && three[0].is_ascii_alphanumeric()
            && three[2].is_ascii_alphanumeric()
    });
    is_chosen(value) || is_marked(value) || has_inner
}

/// `10.0.0.7:22`, `nas1.lan`, `node-2`
pub(super) fn is_host(value: &str) -> bool {
    let plain = value
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':'));
    plain && value.contains(['.', '-', ':'])
}
