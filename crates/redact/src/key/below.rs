//! Values that take several lines or several items.

use std::ops::Range;

use super::judge::{Standing, is_random};
use super::lexicon::Certainty;
use super::name::Key;
use super::quoted::{self, mark};
use super::surroundings::{is_first, is_series};
use super::verdict::judged;
use crate::page::{Page, offset, run};

/// Lines that a list or block under a key may have.
const MOST_LINES: usize = 64;

/// `{ … "value": "x" … }` and `{ default = "x" }`: the value is inside, under a name that says nothing.
pub(super) fn nested(page: &Page<'_>, certainty: Certainty, at: usize) -> Option<Range<usize>> {
    let window = page.ahead(at, 256);
    let window = &window[..window.find('}').unwrap_or(window.len())];
    page.note(window.len());
    for name in ["\"value\":", "default", "value", "\"plaintext\":"] {
        let Some(after) = window.find(name).map(|found| found + name.len()) else { continue };
        let rest = &window[after..];
        let gap = run(rest, |byte| matches!(byte, b' ' | b'=' | b':'));
        if mark(&rest[gap..]).is_some() {
            return judged(page, certainty, quoted::read(page, at + after + gap)?.inner, Standing::Quoted);
        }
    }
    None
}

/// `["a", "b"]`
pub(super) fn list_items(page: &Page<'_>, certainty: Certainty, at: usize, list: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let end = list.find(']').unwrap_or(list.len());
    // The bytes of a key, one by one.
    let is_bytes = list[..end].split(',').all(|byte| {
        byte.trim().trim_start_matches("0x").len() <= 3
            && byte.trim().starts_with(|first: char| first.is_ascii_digit())
    });
    if is_bytes && list[..end].matches(',').count() >= 7 {
        return std::iter::once(at..at + end).collect();
    }
    for item in list[..end].split(',') {
        let bare = item.trim().trim_matches(['"', '\'', '\\']);
        let start = offset(bare, list);
        found.extend(judged(
            page,
            certainty.min(Certainty::Medium),
            at + start..at + start + bare.len(),
            Standing::Quoted,
        ));
    }
    found
}

/// `|`, `>-`, `|2+`: the value follows, indented.
pub(super) fn is_block_sign(rest: &str) -> bool {
    rest.starts_with(['|', '>'])
        && rest.len() <= 3
        && rest[1..].chars().all(|mark| matches!(mark, '-' | '+' | '1'..='9'))
}

/// What stands on the lines below a key that has no value on its own.
pub(super) fn below(
    page: &Page<'_>,
    key: &Key<'_>,
    lead: &str,
    at: usize,
    is_block: bool,
) -> Vec<Range<usize>> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(lead) + if lead.trim_start().starts_with("- ") { 2 } else { 0 };
    let mut found = Vec::new();
    let mut block: Option<Range<usize>> = None;
    let mut bytes: Option<(Range<usize>, usize)> = None;
    let mut is_list = false;
    let mut next = page.next_line(at);
    for _ in 0..MOST_LINES {
        let Some(start) = next else { break };
        let line = page.rest(start);
        next = page.next_line(start);
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        let begin = start + indent(line);
        let range = begin..begin + text.len();
        if is_block && indent(line) > own {
            block = Some(block.map_or(range.clone(), |block| block.start..range.end));
        } else if is_series(key.name)
            && text
                .split_whitespace()
                .all(|code| code.len() >= 6 && code.bytes().any(|byte| byte.is_ascii_digit()))
        {
            found.push(range);
        } else if let Some(item) = text
            .strip_prefix("- ")
            .filter(|_| indent(line) + 2 > own && (is_first(lead) || is_series(key.name)))
        {
            is_list = true;
            let bare = item.trim().trim_matches(['"', '\'']);
            // The bytes of a key, a line for each.
            if (1..=3).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit()) {
                let (first, count) = bytes.map_or((range.start, 0), |(bytes, count)| (bytes.start, count));
                bytes = Some((first..range.end, count + 1));
                continue;
            }
            if bare.contains(": ") || bare.contains('=') && !bare.ends_with('=') {
                break;
            }
            let at = start + offset(bare, line);
            found.extend(judged(
                page,
                key.certainty.min(Certainty::Medium),
                at..at + bare.len(),
                Standing::Quoted,
            ));
        } else if text.starts_with(['"', '\''])
            && text.ends_with([',', '"', '\''])
            && lead.contains(['[', '"'])
        {
            break;
        } else {
            if !is_block
                && found.is_empty()
                && !is_list
                && key.certainty >= Certainty::Medium
                && is_random(text)
                && !text.contains(':')
            {
                found.extend(judged(page, key.certainty, range, Standing::Loose));
            }
            break;
        }
    }
    found.extend(
        bytes.filter(|(_, count)| *count >= 8 && key.certainty >= Certainty::Medium).map(|(bytes, _)| bytes),
    );
    found.extend(block.and_then(|block| judged(page, key.certainty, block, Standing::Quoted)));
    found
}
