//! Keys that take several lines: PEM and OpenSSH, PGP, OpenVPN, PuTTY, Borg.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::page::{Page, lines, offset, run};
use crate::placeholder;
use crate::span::Span;

/// Longest key that is looked for the end of.
const LONGEST: usize = 64 * 1024;

/// What a block turned out to be.
pub(crate) enum Block {
    /// Its inside has to go.
    Secret(Span),
    /// Everything up to there may be seen, and needs no other look.
    Public(usize),
}

/// The block whose `-----BEGIN ` is at `at`.
pub(crate) fn armoured_at(page: &Page<'_>, at: usize) -> Option<Block> {
    let begin = "-----BEGIN ".len();
    let window = page.ahead(at, LONGEST);
    let head = window.get(begin..)?;
    let label_length = run(head, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-'))
        .min(head.find("-----")?);
    let label = &head[..label_length];
    let inside = begin + label_length + 5;
    let body = window.get(inside..)?;
    let end = body.find("-----END");
    page.note(end.unwrap_or(512).min(body.len()));
    if !is_secret(label) {
        return end.filter(|end| is_encoded(&body[..*end])).map(|end| Block::Public(at + inside + end));
    }
    let body = &body[..end.unwrap_or(body.len())];
    // Where some of it was taken out, the key goes to there.
    let is_whole = end.is_some() && !placeholder::is_in(body);
    let length = if is_whole { body.len() } else { unfinished(body) };
    let range = material(&body[..length])?;
    let start = at + inside + range.start;
    Some(Block::Secret(Span::new(start..at + inside + range.end, &label.to_ascii_lowercase())))
}

fn is_secret(label: &str) -> bool {
    label.contains("PRIVATE KEY")
        || label.contains("Static key")
        || label.contains("SECRET KEY")
        || label.contains("TLS-CRYPT")
        || label.contains("tls-crypt")
}

/// Letters of base64 and what may stand between them, as opposed to prose about a block.
fn is_encoded(body: &str) -> bool {
    body.len() >= 40 && !body.trim().contains("...")
}

/// The key before the `-----END ` at `at`, as far back as lines look like one: only the end of a file may have been read.
pub(crate) fn headless_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let label = page.rest(at).strip_prefix("-----END ")?;
    let label = &label[..label.find("-----")?];
    let mut start = at;
    while is_secret(label) && page.byte_before(start) == Some(b'\n') {
        let end = if page.byte_before(start - 1) == Some(b'\r') { start - 2 } else { start - 1 };
        let line = page.before(end);
        let is_material =
            line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        if line.is_empty() || !is_material {
            break;
        }
        start = end - line.len();
    }
    (at - start > 16).then(|| Span::new(start..at - 1, &label.to_ascii_lowercase()))
}

/// How far a block goes that has no end: while its lines look like one.
fn unfinished(body: &str) -> usize {
    let mut length = 0;
    for (start, line) in lines(body) {
        let bare = line.trim().trim_start_matches(['+', '-', '>', '|']).trim();
        let is_material = bare
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\\'));
        let is_header = bare.contains(": ") && start < 256 && !placeholder::is_in(bare);
        if !(is_material || is_header) || (bare.is_empty() && length > 80 && start > 256) {
            break;
        }
        length = start + line.len();
    }
    length
}

/// The part of a body that is key: without headers, blank lines and the marks that begin lines.
fn material(body: &str) -> Option<Range<usize>> {
    let mut start = 0;
    loop {
        let rest = &body[start..];
        let marks =
            rest.len() - rest.trim_start_matches(['\n', '\r', ' ', '\t', '+', '>', '|', '-', '"']).len();
        let written = ["\\r\\n", "\\n", "\\\\n"]
            .iter()
            .find(|mark| rest[marks..].starts_with(**mark))
            .map_or(0, |mark| mark.len());
        // Of one line, with its ends written out, a header is `Name: x`.
        let escaped = rest[marks + written..].find("\\n").filter(|at| {
            written > 0
                && rest[marks + written..][..*at].contains(": ")
                && rest[marks + written..].starts_with(|first: char| first.is_ascii_uppercase())
        });
        if let Some(length) = escaped {
            start += marks + written + length;
            continue;
        }
        let line_end = rest[marks..].find('\n').unwrap_or(rest.len() - marks);
        let line = &rest[marks..marks + line_end];
        let is_header =
            written == 0 && line.contains(": ") && line.starts_with(|first: char| first.is_ascii_uppercase())
                || line.starts_with('#')
                || line.starts_with("...");
        let step = marks + written + if is_header { line_end } else { 0 };
        // Headers and no key below them.
        if is_header && start + step >= body.len() {
            return None;
        }
        if step == 0 || start + step >= body.len() {
            break;
        }
        start += step;
    }
    let mut end = body.len();
    loop {
        let trimmed = body[..end].trim_end_matches(['\n', '\r', ' ', '\t', '+', '>', '|', '"']);
        let trimmed = ["\\r\\n", "\\n"]
            .iter()
            .find_map(|mark| trimmed.strip_suffix(*mark))
            .unwrap_or(trimmed)
            .trim_end_matches('\\');
        if trimmed.len() == end {
            break;
        }
        end = trimmed.len();
    }
    let has_enough = start < end && body[start..end].bytes().filter(u8::is_ascii_alphanumeric).count() >= 16;
    (has_enough && !placeholder::is_in(&body[start..end])).then_some(start..end)
}

/// `Private-Lines: n` of a PuTTY key: the lines that follow.
pub(crate) fn putty_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let count: usize = page.rest(at).strip_prefix("Private-Lines:")?.trim().parse().ok()?;
    lines_below(page, at, count.min(200), "putty_key")
}

/// The key in a file of Borg's: the lines after its first.
pub(crate) fn borg_at(page: &Page<'_>, at: usize) -> Option<Span> {
    page.rest(at).strip_prefix("BORG_KEY ").filter(|id| id.len() >= 8)?;
    lines_below(page, at, 64, "borg_key")
}

fn lines_below(page: &Page<'_>, at: usize, count: usize, name: &str) -> Option<Span> {
    let start = page.next_line(at)?;
    let mut end = start;
    let mut next = Some(start);
    for _ in 0..count {
        let Some(line) = next else { break };
        let text = page.rest(line);
        if text.len() < 4
            || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        {
            break;
        }
        end = line + text.len();
        next = page.next_line(line);
    }
    (end > start).then(|| Span::new(start..end, name))
}

/// `MK dump:` of cryptsetup: pairs of hex digits over several lines.
pub(crate) fn master_key_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let ahead = page.ahead(at, 1024);
    let start = "MK dump:".len();
    let length = run(&ahead[start..], |byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace());
    page.note(length);
    let bytes = ahead[start..start + length].trim();
    let begin = at + offset(bytes, ahead);
    (bytes.len() >= 40).then(|| Span::new(begin..begin + bytes.len(), "master_key"))
}

/// `Private-MAC: …`
pub(crate) fn putty_mac_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let rest = page.rest(at);
    let mac = rest.strip_prefix("Private-MAC:")?.trim();
    let begin = at + offset(mac, rest);
    (mac.len() >= 32).then(|| Span::new(begin..begin + mac.len(), "putty_mac"))
}

/// The second line inside `<auth-user-pass>`.
pub(crate) fn user_and_password_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let password = page.next_line(page.next_line(at)?)?;
    let text = page.rest(password);
    (!text.is_empty() && !text.starts_with('<'))
        .then(|| Span::new(password..password + text.len(), "password"))
}

/// A block that was encoded in base64 once more, as in kubeconfig and router backups: whether it is a private key shows when it is decoded.
pub(crate) fn encoded_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let text = page.ahead(at, LONGEST);
    let length = run(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    page.note(length);
    let head = STANDARD_NO_PAD.decode(&text[..length.min(64) / 4 * 4]).ok()?;
    let head = String::from_utf8_lossy(&head);
    let is_private = ["PRIVATE", "Static key", "static key"].iter().any(|word| head.contains(word));
    (is_private && length >= 80).then(|| Span::new(at..at + length, "private_key"))
}
