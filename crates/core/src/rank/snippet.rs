//! The part of a text that answers the question, with what matched marked.

use super::tokens::tokens;

/// Before a marked run. From the private use area, so that it never stands in a text by itself.
pub const OPEN: char = '\u{e000}';
/// After a marked run.
pub const CLOSE: char = '\u{e001}';

/// About `width` characters of `text` around the place where most of what matched stands together, marked. The
/// beginning of the text when nothing matched. Line breaks become blanks.
pub fn snippet(text: &str, matched: impl Fn(&str) -> bool, width: usize) -> String {
    let clean: String = text.chars().filter(|c| !matches!(*c, OPEN | CLOSE)).collect();
    let spans = spans(&clean, matched);
    let (from, to) = window(&clean, &spans, width);
    let mut shown = String::with_capacity(to - from + 32);
    if from > 0 {
        shown.push('…');
    }
    let mut at = from;
    for (start, end) in spans.into_iter().filter(|(start, end)| *start >= from && *end <= to) {
        shown.push_str(&clean[at..start]);
        shown.push(OPEN);
        shown.push_str(&clean[start..end]);
        shown.push(CLOSE);
        at = end;
    }
    shown.push_str(&clean[at..to]);
    if to < clean.len() {
        shown.push('…');
    }
    shown.replace(['\n', '\r', '\t'], " ")
}

/// Where matches stand, merged where they overlap.
fn spans(text: &str, matched: impl Fn(&str) -> bool) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = tokens(text)
        .iter()
        .filter(|token| matched(&token.term))
        .map(|token| (token.start, token.end))
        .collect();
    spans.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// The stretch with most matches, begun a little before the first of them, on borders of words.
fn window(text: &str, spans: &[(usize, usize)], width: usize) -> (usize, usize) {
    if text.chars().count() <= width {
        return (0, text.len());
    }
    let fits =
        |from: usize| spans.iter().filter(|(start, end)| *start >= from && *end <= from + width).count();
    let best = spans.iter().max_by_key(|(start, _)| (fits(*start), std::cmp::Reverse(*start)));
    let from = best.map_or(0, |(start, _)| back_to_blank(text, start.saturating_sub(width / 5)));
    let end = text[from..].char_indices().nth(width).map_or(text.len(), |(at, _)| from + at);
    let last =
        spans.iter().filter(|(start, stop)| *start >= from && *stop <= end).map(|(_, stop)| *stop).max();
    let to = if end == text.len() { end } else { back_to_blank(text, end).max(last.unwrap_or(from)) };
    (from, if to > from { to } else { end })
}

fn back_to_blank(text: &str, at: usize) -> usize {
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let blank = text[..at].char_indices().rev().find(|(_, c)| c.is_whitespace());
    blank.map_or(if at == text.len() { at } else { 0 }, |(blank, c)| blank + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(shown: &str) -> String {
        shown.chars().filter(|c| !matches!(*c, OPEN | CLOSE)).collect()
    }

    #[test]
    fn marks_what_matched_and_shows_its_surroundings() {
        let long = format!("{}the NAS in the basement rack {}", "word ".repeat(80), "more ".repeat(80));
        let shown = snippet(&long, |term| term == "nas" || term == "basement", 60);
        assert!(shown.contains("\u{e000}NAS\u{e001} in the \u{e000}basement\u{e001}"), "{shown}");
        assert!(shown.starts_with('…') && shown.ends_with('…') && shown.chars().count() < 90, "{shown}");
    }

    #[test]
    fn part_of_an_address_is_marked_in_place() {
        assert_eq!(snippet("10.10.20.21", |term| term == "10.10.", 80), "\u{e000}10.10.\u{e001}20.21");
        assert_eq!(
            snippet("3c:ec:ef:aa:bb:20", |term| term == "aa:bb", 80),
            "3c:ec:ef:\u{e000}aa:bb\u{e001}:20"
        );
    }

    #[test]
    fn a_forged_mark_is_dropped() {
        assert_eq!(snippet("a\u{e000}b\u{e001}c", |_| false, 80), "abc");
    }

    proptest! {
        #[test]
        fn what_is_shown_stands_in_the_text(text in "\\PC{0,300}", width in 10usize..80) {
            let shown = plain(&snippet(&text, |term| term.len() > 3, width));
            let inner = shown.trim_start_matches('…').trim_end_matches('…');
            let clean = plain(&text);
            prop_assert!(clean.contains(inner) || clean.contains(&shown), "{:?} in {:?}", shown, clean);
        }
    }
}
