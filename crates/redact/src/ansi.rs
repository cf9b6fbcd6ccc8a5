//! Takes terminal escape sequences out: colours cut words in two, and a secret that is cut is not recognised.

use std::borrow::Cow;

const ESCAPE: char = '\u{1b}';

/// The text without escape sequences; borrowed when it has none.
pub(crate) fn strip(text: &str) -> Cow<'_, str> {
    if !text.contains(ESCAPE) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(ESCAPE) {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        rest = &rest[sequence(rest)..];
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// How long the sequence is whose escape character was just read.
fn sequence(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    match bytes.first() {
        Some(b'[') => {
            let parameters = bytes[1..].iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
            let end = 1 + parameters;
            if matches!(bytes.get(end), Some(0x40..=0x7e)) { end + 1 } else { end }
        }
        // Titles and links, ended by BEL or by a string terminator; never longer than a line.
        Some(b']' | b'P' | b'_' | b'^' | b'X') => {
            let line = rest.find('\n').unwrap_or(rest.len());
            let bell = rest[..line].find('\u{7}').map(|at| at + 1);
            let terminator = rest[..line].find("\u{1b}\\").map(|at| at + 2);
            match (bell, terminator) {
                (Some(a), Some(b)) => a.min(b),
                (Some(end), None) | (None, Some(end)) => end,
                (None, None) => 1,
            }
        }
        Some(b'(' | b')' | b'#') if bytes.get(1).is_some_and(u8::is_ascii) => 2,
        Some(0x30..=0x7e) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_titles_and_links_go_and_the_rest_stays() {
        assert_eq!(strip("a\u{1b}[01;31m\u{1b}[Kpass\u{1b}[m\u{1b}[Kword=x"), "apassword=x");
        assert_eq!(
            strip("\u{1b}]0;title\u{7}ls \u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\"),
            "ls link"
        );
        assert_eq!(strip("\u{1b}(Bä\u{1b}"), "ä");
        assert!(matches!(strip("plain [31m"), Cow::Borrowed(_)));
    }
}
