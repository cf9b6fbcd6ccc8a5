//! Values in the markup and the calls of programming languages: elements, attributes, arguments.

use super::judge::{Standing, is_opaque};
use super::name::Key;
use super::quoted::{self, mark};
use super::surroundings::Place;
use crate::page::Page;

/// `define('NAME', 'value')`, `["--option", "value"]`, `{"name": "NAME", "value": "value"}`.
pub(super) fn second_argument(page: &Page<'_>, key: &Key<'_>, lead: &str, comma: usize) -> Option<Place> {
    let window = page.ahead(comma + 1, 256);
    let blanks = window.len() - window.trim_start().len();
    let at = comma + 1 + blanks;
    let quoted = quoted::read(page, at)?;
    let said = &page.text[quoted.inner.clone()];
    let is_option = page.byte_before(key.start) == Some(b'-');
    let opener = lead.trim_end_matches(['"', '\'', '\\']).trim_end();
    let is_call = opener.ends_with('(')
        && !opener.ends_with("in (")
        && !opener.ends_with("IN (")
        && !opener.ends_with("VALUES (");
    if matches!(said, "value" | "Value" | "val" | "content" | "data" | "newValue" | "current" | "default") {
        let after = page.rest(quoted.end);
        let value = after.trim_start().strip_prefix([':', '='])?.trim_start_matches(['>', ' ', '\t']);
        return Some(Place::At {
            at: quoted.end + after.len() - value.len(),
            standing: Standing::Assigned,
            spaced: false,
        });
    }
    // `VALUES (1, 'smtp_password', 'x')`: settings by their name.
    let is_row = opener.ends_with([',', '('])
        && (lead.contains("VALUES") || lead.contains("values"))
        && page.byte_before(key.start) == Some(b'\'')
        && is_opaque(said);
    // `set :password, "x"`
    let is_symbol = page.byte_before(key.start) == Some(b':') && page.byte(key.end) == Some(b',');
    (is_option || is_call || is_row || is_symbol).then_some(Place::Range(quoted.inner, Standing::Quoted))
}

/// `<password>value</password>`, `<entry key="password">value</entry>`
pub(super) fn element(page: &Page<'_>, key: &Key<'_>, lead: &str, close: usize) -> Option<Place> {
    let is_tag = lead.ends_with('<') || page.byte(key.end) != Some(b'>') && lead.contains('<');
    // `<label for="token">API token</label>`
    let is_other = lead.ends_with(['"', '\'']) && !is_naming(lead);
    if !is_tag || is_other || lead.ends_with("</") {
        return None;
    }
    let start = close + 1;
    let text = page.ahead(start, 8 * 1024);
    // `<Password><Value>x</Value>`
    let inner = ["<Value>", "<![CDATA["].iter().find_map(|open| text.strip_prefix(open));
    let wrapped = inner.map_or(0, |inner| text.len() - inner.len());
    let (start, text) = (start + wrapped, &text[wrapped..]);
    let end = text.find('<')?;
    // `<API_KEY>` in a text stands for something, and closes nothing.
    if wrapped == 0 && !text[end..].starts_with("</") {
        return None;
    }
    let end = text[..end].find("]]").unwrap_or(end);
    page.note(end);
    let value = &text[..end];
    let (front, back) = (value.len() - value.trim_start().len(), value.len() - value.trim_end().len());
    (!value.trim().is_empty()).then_some(Place::Range(start + front..start + end - back, Standing::Quoted))
}

/// Whether the attribute before says what the element is called.
fn is_naming(lead: &str) -> bool {
    let lead = lead.trim_end_matches(['"', '\'']);
    ["name=", "id=", "key="].iter().any(|attribute| lead.to_ascii_lowercase().ends_with(attribute))
}

/// What stands between a tag that ends before `start` and the one that closes it.
fn content(page: &Page<'_>, start: usize) -> Option<Place> {
    let text = page.rest(start);
    let end = text.find("</")?;
    let value = &text[..end];
    (!value.trim().is_empty() && !value.contains('<'))
        .then_some(Place::Range(start..start + end, Standing::Quoted))
}

/// `<Key>Password</Key><Value>x</Value>`, `<key>password</key><string>x</string>`, perhaps on the next line.
pub(super) fn entry(page: &Page<'_>, open: usize) -> Option<Place> {
    let after = page.ahead(open, 4 * 1024);
    let rest = after.strip_prefix("</")?;
    let rest = rest[rest.find('>')? + 1..].trim_start();
    let tags = ["<Value", "<value", "<string", "<td", "<dd", "<code", "<span"];
    let tag = tags.iter().find(|tag| rest.starts_with(**tag))?;
    let mut inner = &rest[tag.len() + rest[tag.len()..].find('>')? + 1..];
    // `<td><code>x</code></td>`
    for open in ["<code>", "<b>", "<tt>"] {
        inner = inner.strip_prefix(open).unwrap_or(inner);
    }
    let value = &inner[..inner.find('<')?];
    page.note(after.len() - inner.len() + value.len());
    let start = open + after.len() - inner.len();
    (!value.trim().is_empty()).then_some(Place::Range(start..start + value.len(), Standing::Quoted))
}

/// `setPassword("value")`, `PASSWORD('value')`
pub(super) fn call(page: &Page<'_>, open: usize) -> Option<Place> {
    mark(page.rest(open + 1))?;
    let quoted = quoted::read(page, open + 1)?;
    let is_whole = quoted.is_closed && page.rest(quoted.end).trim_start().starts_with(')');
    let said = &page.text[quoted.inner.clone()];
    (is_whole && is_opaque(said)).then_some(Place::Range(quoted.inner, Standing::Quoted))
}

/// `name="password" value="…"`
pub(super) fn attribute_value(page: &Page<'_>, at: usize) -> Option<Place> {
    let after = page.rest(at);
    let after = after.strip_prefix("value=").or_else(|| after.strip_prefix("Value="))?;
    mark(after)?;
    Some(Place::Range(quoted::read(page, at + 6)?.inner, Standing::Quoted))
}

/// `name="password" type="x" value="…"`, and `<password type="x">…`.
pub(super) fn xml_attributes(page: &Page<'_>, lead: &str, at: usize) -> Option<Place> {
    let rest = page.rest(at);
    if !lead.contains('<') {
        return None;
    }
    let tag = &rest[..rest.find('>')?];
    match tag.find(" value=").or_else(|| tag.find(" Value=")) {
        Some(value) => attribute_value(page, at + value + 1),
        // `<Item name="Password" type="text">value</Item>`
        None if !tag.ends_with('/') && is_naming(lead) => content(page, at + tag.len() + 1),
        None => None,
    }
}
