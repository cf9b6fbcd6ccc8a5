//! Tickets and API tokens of Proxmox VE and its relatives.

use crate::core_of::core_of;
use crate::key::judge::is_uuid;
use crate::page::{Page, run};
use crate::span::Span;

/// `PVE:user@realm:TIME::signature` at `at`.
pub(crate) fn ticket_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let text = page.rest(at);
    let text = &text[..run(text, |byte| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'@' | b'.' | b'-' | b'_' | b'!' | b':' | b'+' | b'/' | b'=')
    })];
    let core = core_of(text)?;
    (core.start > 12 && core.len() >= 20).then(|| Span::new(at + core.start..at + core.end, "ticket"))
}

/// The signature of a ticket that was encoded for a cookie, behind its `%3A%3A`.
pub(crate) fn encoded_ticket_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let start = at + "%3A%3A".len();
    let text = page.rest(start);
    let length = run(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'+' | b'/' | b'='));
    (length >= 40).then(|| Span::new(start..start + length, "ticket"))
}

/// `PVEAPIToken=user@realm!name=secret`; `at` is where `APIToken` begins.
pub(crate) fn api_token_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let start = at + "APIToken".len() + 1;
    named_secret(page, start)
}

/// `user@realm!name=secret`, the `!` being in the word around `at`.
pub(crate) fn token_id_at(page: &Page<'_>, at: usize) -> Option<Span> {
    named_secret(page, at + 1)
}

fn named_secret(page: &Page<'_>, start: usize) -> Option<Span> {
    let text = page.rest(start);
    let name = run(text, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'!' | b'-' | b'_' | b'.' | b'%')
    });
    let after = page.ahead(start + name, 160);
    let text = page.ahead(start, name + 160);
    page.note(160);
    let value = json_value(after)
        .or_else(|| after.strip_prefix(['=', ':', ' ']))?
        .trim_start_matches([' ', '"', '\'', '=', ':']);
    let at = start + text.len() - value.len();
    let length = run(value, |byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_uuid(&value[..length]).then(|| Span::new(at..at + length, "api_token"))
}

/// `"tokenid":"root@pam!ci","value":"…"`
fn json_value(after: &str) -> Option<&str> {
    let (_, value) = after.strip_prefix('"')?.trim_start().strip_prefix(',')?.split_once("\"value\"")?;
    Some(value)
}

/// `{"value":"…","full-tokenid":`: JSON has no order.
fn value_before(page: &Page<'_>, at: usize) -> Option<Span> {
    let before = page.before(at);
    let mut near = before.len().saturating_sub(300);
    while !before.is_char_boundary(near) {
        near += 1;
    }
    let before = &before[near..];
    let from = before.rfind("\"value\"")? + "\"value\"".len();
    let after = before[from..].trim_start_matches([' ', ':', '"']);
    let start = at - after.len();
    let length = run(after, |byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_uuid(&after[..length]).then(|| Span::new(start..start + length, "api_token"))
}

/// What `pveum user token add` prints: the id, and further down the value.
pub(crate) fn fresh_token_at(page: &Page<'_>, at: usize) -> Option<Span> {
    if let Some(before) = value_before(page, at) {
        return Some(before);
    }
    let text = page.ahead(at, 2048);
    page.note(text.len());
    let mut from = 0;
    while let Some(word) = text[from..].find("value") {
        from += word + "value".len();
        let after = text[from..].trim_start_matches(['"', ' ', ':', '│', '|', '\\']);
        let begin = text.len() - after.len();
        let length = run(after, |byte| byte.is_ascii_hexdigit() || byte == b'-');
        if is_uuid(&after[..length]) {
            return Some(Span::new(at + begin..at + begin + length, "api_token"));
        }
    }
    None
}
