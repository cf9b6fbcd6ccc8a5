//! Secrets of Kubernetes: in a document that says `kind: Secret`, what stands under `data` and `stringData` is secret.

use crate::core_of::core_of;
use crate::key::harmless::is_reference;
use crate::key::quoted;
use crate::page::{Page, lines};
use crate::placeholder;
use crate::span::Span;

/// Keys of a Secret that hold none.
const HARMLESS: &[&str] = &[
    "username",
    "user",
    "host",
    "hostname",
    "port",
    "database",
    "dbname",
    "namespace",
    "ca.crt",
    "tls.crt",
    "type",
    "url",
    "endpoint",
    "region",
];

/// The secrets of the manifests in a page.
pub(crate) fn manifests(page: &Page<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    if page.text.contains("kind: Secret") {
        for (start, document) in documents(page.text) {
            if document.lines().any(|line| line.trim().trim_start_matches("- ") == "kind: Secret") {
                yaml(document, start, &mut found);
            }
        }
    }
    if page.text.contains("\"Secret\"")
        && (page.text.contains("\"kind\":\"Secret\"") || page.text.contains("\"kind\": \"Secret\""))
    {
        json(page, &mut found);
    }
    page.note(page.text.len());
    found
}

fn documents(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split("\n---").map(move |document| {
        let start = at;
        at += document.len() + 4;
        (start, document)
    })
}

/// Whether an entry of that name may be seen.
pub(crate) fn is_harmless(key: &str) -> bool {
    HARMLESS.contains(&key) || [".crt", ".cert", "_file", ".pub"].iter().any(|end| key.ends_with(end))
}

fn yaml(document: &str, start: usize, found: &mut Vec<Span>) {
    let mut inside: Option<usize> = None;
    for (at, line) in lines(document) {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let text = line.trim_start_matches([' ', '-']).trim_end();
        if text == "data:" || text == "stringData:" {
            inside = Some(indent);
            continue;
        }
        let Some(outer) = inside.filter(|_| !text.is_empty()) else { continue };
        // What was taken out may have had several lines, and ended what is inside.
        if indent <= outer || placeholder::begins(text) {
            inside = None;
            continue;
        }
        let (key, value) = text.split_once(": ").unwrap_or(("", if text.contains(':') { "" } else { text }));
        let bare = value.trim().trim_matches(['"', '\'']);
        let is_sign = matches!(bare, "" | "|" | ">" | "|-" | ">-");
        if is_sign || is_harmless(key.trim_matches('"')) || is_reference(bare) {
            continue;
        }
        let end = start + at + line.trim_end().len()
            - (value.trim_end().len() - value.trim_end().trim_end_matches(['"', '\'']).len());
        push(found, end - bare.len(), bare, key);
    }
}

fn json(page: &Page<'_>, found: &mut Vec<Span>) {
    for name in ["\"data\":", "\"stringData\":"] {
        for (at, _) in page.text.match_indices(name) {
            let mut here = at + name.len();
            let object = page.ahead(here, 64 * 1024);
            let Some(open) = object.trim_start().strip_prefix('{') else { continue };
            here += object.len() - open.len();
            while let Some((key, value, next)) = pair(page, here) {
                if !is_harmless(&page.text[key.clone()]) && !is_reference(&page.text[value.clone()]) {
                    push(found, value.start, &page.text[value.clone()], &page.text[key]);
                }
                here = next;
            }
        }
    }
}

type Part = std::ops::Range<usize>;

/// `"key": "value"` from `at` on, and where the next may begin.
fn pair(page: &Page<'_>, at: usize) -> Option<(Part, Part, usize)> {
    let skip = |at: usize, marks: &[char]| {
        at + page.ahead(at, 256).len()
            - page.ahead(at, 256).trim_start_matches(|c: char| c.is_whitespace() || marks.contains(&c)).len()
    };
    let key = quoted::read(page, skip(at, &[',']))?;
    let value = quoted::read(page, skip(key.end, &[':']))?;
    Some((key.inner, value.inner, value.end))
}

fn push(found: &mut Vec<Span>, at: usize, value: &str, key: &str) {
    if let Some(core) = core_of(value).filter(|_| value.len() >= 3) {
        found.push(Span::new(at + core.start..at + core.end, if key.is_empty() { "data" } else { key }));
    }
}
