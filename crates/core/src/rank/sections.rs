//! Cuts a page of Markdown where its headings stand, and again where a section is longer than a model reads well.

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The headings it stands under, outermost first; empty before the first heading.
    pub path: Vec<String>,
    /// Its text without the heading, as written.
    pub text: String,
}

/// Most words of a section.
pub const LONGEST: usize = 200;

/// The sections of a page in order; empty ones are left out unless they are all there is to a heading.
pub fn sections(page: &str) -> Vec<Section> {
    let mut found = Vec::new();
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut body = String::new();
    let mut fence: Option<char> = None;
    for line in page.lines() {
        let trimmed = line.trim_start();
        let opens =
            ['`', '~'].into_iter().find(|mark| trimmed.chars().take_while(|c| c == mark).count() >= 3);
        if let Some(mark) = opens {
            fence = match fence {
                None => Some(mark),
                Some(open) if open == mark => None,
                open => open,
            };
        }
        match heading(line).filter(|_| fence.is_none()) {
            Some((level, title)) => {
                close(&mut found, &path, &mut body);
                path.retain(|(above, _)| *above < level);
                path.push((level, title.to_string()));
            }
            None => {
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    close(&mut found, &path, &mut body);
    found
}

/// Level and text of an ATX heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let rest = line[level..].strip_prefix([' ', '\t'])?;
    ((1..=6).contains(&level)).then(|| (level, rest.trim().trim_end_matches('#').trim_end()))
}

fn close(found: &mut Vec<Section>, path: &[(usize, String)], body: &mut String) {
    let text = std::mem::take(body);
    let headings: Vec<String> = path.iter().map(|(_, title)| title.clone()).collect();
    let mut pieces = pieces(text.trim());
    let seen = found.iter().any(|section: &Section| section.path.starts_with(&headings));
    if pieces.is_empty() && !headings.is_empty() && !seen {
        pieces.push(String::new());
    }
    found.extend(pieces.into_iter().map(|text| Section { path: headings.clone(), text }));
}

/// Cuts at blank lines, else at line ends, else between words, so that no piece has more than [`LONGEST`] words.
pub fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut words = 0;
    let mut after_blank = false;
    for line in text.lines() {
        for part in lines_of_at_most(line, LONGEST) {
            let count = part.split_whitespace().count();
            // A paragraph that begins late in a full piece starts the next one.
            let full = words + count > LONGEST || (after_blank && words * 4 > LONGEST * 3);
            if pieces.is_empty() || (full && words > 0) {
                pieces.push(String::new());
                words = 0;
            }
            let piece = pieces.last_mut().expect("one was just pushed");
            if !piece.is_empty() {
                piece.push('\n');
            }
            piece.push_str(part);
            words += count;
            after_blank = part.trim().is_empty();
        }
    }
    pieces.iter_mut().for_each(|piece| *piece = piece.trim().to_string());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn lines_of_at_most(line: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut at, mut words) = (0, 0, 0);
    for word in line.split_inclusive(char::is_whitespace) {
        if words == most {
            parts.push(line[from..at].trim_end());
            (from, words) = (at, 0);
        }
        words += usize::from(!word.trim().is_empty());
        at += word.len();
    }
    parts.push(&line[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_is_cut_at_its_headings_and_knows_where_it_was() {
        let page = "intro\n# Runbook\n\nStart here.\n## Power\n1. UPS\n```sh\n# not a heading\n```\n## Restore ##\nPBS\n# Other\n";
        let found = sections(page);
        let shown: Vec<(String, &str)> =
            found.iter().map(|section| (section.path.join(" › "), section.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (String::new(), "intro"),
                ("Runbook".into(), "Start here."),
                ("Runbook › Power".into(), "1. UPS\n```sh\n# not a heading\n```"),
                ("Runbook › Restore".into(), "PBS"),
                ("Other".into(), ""),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_piece_is_too_long(words in proptest::collection::vec("[a-z]{1,6}", 0..900), breaks in proptest::collection::vec(0usize..900, 0..20)) {
            let text: String = words.iter().enumerate()
                .map(|(at, word)| format!("{word}{}", if breaks.contains(&at) { "\n\n" } else { " " })).collect();
            let found = sections(&text);
            let back: Vec<&str> = found.iter().flat_map(|section| section.text.split_whitespace()).collect();
            prop_assert_eq!(back, words);
            prop_assert!(found.iter().all(|section| section.text.split_whitespace().count() <= LONGEST));
        }
    }
}
