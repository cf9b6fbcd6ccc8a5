//! Objects in which one member says that others are secret: JSON Web Keys, sensitive outputs, generated passwords.

use std::ops::Range;

use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::quoted::{self, mark};
use crate::page::{Page, offset, run};
use crate::span::Span;

/// Members that tell so; what the text is searched for.
pub(crate) const TELLING: &[&str] =
    &["\"kty", "'kty", "\"sensitive", "\"random_password", "\"kdf\"", "\"recovery\""];

/// How far an object is looked for around the member that tells.
const FURTHEST: usize = 8 * 1024;

/// The private half of a JSON Web Key.
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "k"];

/// A member, and where its value is if that is a string.
struct Member<'t> {
    name: &'t str,
    string: Option<Range<usize>>,
    /// The value as it stands, when it is no string.
    bare: &'t str,
}

/// The secrets of the object around `at`, and up to where it was read.
pub(crate) fn secrets_around(page: &Page<'_>, at: usize) -> (Vec<Span>, usize) {
    if page.text[at..].starts_with("\"random_password") {
        return (generated(page, at).into_iter().collect(), at + 1);
    }
    if page.text[at..].starts_with("\"recovery") {
        return (recovery(page, at), at + 1);
    }
    let Some(object) = around(page, at) else { return (Vec::new(), at + 1) };
    let members = members(page, object.clone());
    let has = |name: &str| members.iter().any(|member| member.name == name);
    let is_sensitive =
        members.iter().any(|member| member.name == "sensitive" && member.bare.starts_with("true"));
    // A key of Proxmox Backup: how it is derived, and itself.
    let is_backup_key = has("kdf") && has("fingerprint");
    let is_secret = |name: &str| {
        has("kty") && PRIVATE.contains(&name)
            || is_sensitive && name == "value"
            || is_backup_key && name == "data"
    };
    let secrets = members.iter().filter(|member| is_secret(member.name)).filter_map(|member| {
        let range = member.string.clone()?;
        let said = &page.text[range.clone()];
        (said.len() >= 3 && !is_reference(said) && !is_stand_in(said))
            .then(|| Span::new(range, if is_sensitive { "sensitive_value" } else { "private_key" }))
    });
    (secrets.collect(), object.end)
}

/// From the brace before `at` to the one after it: such objects have none inside that come before what tells.
fn around(page: &Page<'_>, at: usize) -> Option<Range<usize>> {
    let mut from = at.saturating_sub(FURTHEST);
    while !page.text.is_char_boundary(from) {
        from += 1;
    }
    let open = from + page.text[from..at].rfind('{')? + 1;
    let ahead = page.ahead(at, FURTHEST);
    let end = at + ahead.find('}').unwrap_or(ahead.len());
    page.note(end - open);
    Some(open..end)
}

fn members<'t>(page: &Page<'t>, object: Range<usize>) -> Vec<Member<'t>> {
    let mut found = Vec::new();
    let mut at = object.start;
    while at < object.end {
        at += run(&page.text[at..object.end], |byte| byte.is_ascii_whitespace() || byte == b',');
        let Some(name) = mark(&page.text[at..object.end]).and_then(|_| quoted::read(page, at)) else { break };
        at = name.end;
        at += run(&page.text[at..], |byte| byte.is_ascii_whitespace() || byte == b':');
        if at >= object.end {
            break;
        }
        let text = &page.text[at..object.end];
        let mut member = Member { name: &page.text[name.inner], string: None, bare: text };
        if mark(text).is_some() {
            let Some(value) = quoted::read(page, at) else { break };
            at = value.end;
            member.string = Some(value.inner);
        } else {
            let close = if text.starts_with('[') { ']' } else { ',' };
            at += text.find(close).map_or(text.len(), |end| end + 1);
        }
        found.push(member);
    }
    found
}

/// `"recovery":{…,"entries":["hash", …]}`: what is left of the codes for a second factor in Proxmox.
fn recovery(page: &Page<'_>, at: usize) -> Vec<Span> {
    const NAME: &str = "\"entries\":[";
    let ahead = page.ahead(at, FURTHEST / 4);
    let Some(open) = ahead.find(NAME).map(|found| found + NAME.len()) else { return Vec::new() };
    let list = &ahead[open..open + ahead[open..].find(']').unwrap_or(ahead.len() - open)];
    page.note(open + list.len());
    let mut found = Vec::new();
    for item in list.split(',') {
        let bare = item.trim().trim_matches('"');
        if bare.len() >= 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let begin = at + offset(bare, ahead);
            found.push(Span::new(begin..begin + bare.len(), "recovery_code"));
        }
    }
    found
}

/// `"type": "random_password"`, and further down `"result": "…"`.
fn generated(page: &Page<'_>, at: usize) -> Option<Span> {
    const NAME: &str = "\"result\"";
    let ahead = page.ahead(at, FURTHEST / 2);
    let after = ahead.find(NAME)? + NAME.len();
    page.note(after);
    let gap = run(&ahead[after..], |byte| byte.is_ascii_whitespace() || byte == b':');
    mark(&ahead[after + gap..])?;
    let value = quoted::read(page, at + after + gap)?.inner;
    (value.len() >= 4).then(|| Span::new(value, "random_password"))
}
