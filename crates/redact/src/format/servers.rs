//! What databases and mail servers write before a secret.

use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::quoted;
use crate::page::{Page, run};
use crate::span::Span;

/// `IDENTIFIED BY 'x'`, `IDENTIFIED WITH plugin AS 'x'`; the words end at `at`.
pub(crate) fn identified_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let rest = page.rest(at);
    let open = rest.find(['"', '\'']).filter(|open| *open < 64 && !rest[..*open].contains(';'))?;
    let quoted = quoted::read(page, at + open)?;
    let said = &page.text[quoted.inner.clone()];
    (said.len() >= 3 && !is_reference(said) && !is_stand_in(said))
        .then(|| Span::new(quoted.inner, "database_password"))
}

/// `user name on >password`, as Redis writes its users; `at` is where `on >` begins.
pub(crate) fn redis_user_at(page: &Page<'_>, at: usize) -> Option<Span> {
    if !page.before(at).trim_start().starts_with("user ") && !page.before(at).contains("SETUSER") {
        return None;
    }
    let start = at + "on >".len();
    let text = page.rest(start);
    let word = &text[..text.find([' ', '"']).unwrap_or(text.len())];
    (word.len() >= 3 && !is_reference(word) && !is_stand_in(word))
        .then(|| Span::new(start..start + word.len(), "redis_password"))
}

/// `user name on #hash`
pub(crate) fn redis_hash_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let start = at + "on #".len();
    let length = run(page.rest(start), |byte| byte.is_ascii_hexdigit());
    (length == 64 && page.before(at).contains("user "))
        .then(|| Span::new(start..start + 64, "redis_password_hash"))
}

/// `AUTH PLAIN base64` in a dialogue of mail servers.
pub(crate) fn mail_login_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let start = at + "AUTH PLAIN ".len();
    let text = page.rest(start);
    let length = run(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    (length >= 12 && text.bytes().take(length).any(|byte| byte.is_ascii_uppercase()))
        .then(|| Span::new(start..start + length, "smtp_login"))
}
