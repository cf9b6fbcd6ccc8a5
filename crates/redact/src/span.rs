//! What was found: where a secret stands and what to call it; and how findings that touch become one.

use std::ops::Range;

/// A secret in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// What the placeholder is called: the key it stood under, or its kind. Not yet a slug.
    pub(crate) name: String,
}

impl Span {
    pub(crate) fn new(range: Range<usize>, name: &str) -> Self {
        Self { start: range.start, end: range.end, name: name.to_owned() }
    }
}

/// In order, without overlaps: what overlaps becomes one, named after the first. What touches a placeholder that stands there
/// already is dropped.
pub(crate) fn settle(mut spans: Vec<Span>, placeholders: &[Range<usize>]) -> Vec<Span> {
    spans.retain(|span| span.start < span.end && !touches(span, placeholders));
    spans.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let mut settled: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match settled.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => settled.push(span),
        }
    }
    settled
}

fn touches(span: &Span, placeholders: &[Range<usize>]) -> bool {
    let next = placeholders.partition_point(|placeholder| placeholder.end <= span.start);
    placeholders.get(next).is_some_and(|placeholder| placeholder.start < span.end)
}
