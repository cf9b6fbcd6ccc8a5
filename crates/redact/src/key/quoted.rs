//! Values in quotation marks, also when the whole is a string inside a string (`\"`, `\\\"`).

use std::ops::Range;

use crate::page::Page;

/// Longest string that is read to its end.
const LONGEST: usize = 64 * 1024;

/// What stands between quotation marks.
pub(crate) struct Quoted {
    pub(crate) inner: Range<usize>,
    /// After the closing mark.
    pub(crate) end: usize,
    pub(crate) is_closed: bool,
}

/// The quotation mark that `text` begins with, with the backslashes before it.
pub(crate) fn mark(text: &str) -> Option<&str> {
    let slashes = crate::page::run(text, |byte| byte == b'\\');
    let is_mark = matches!(text.as_bytes().get(slashes), Some(b'"' | b'\'' | b'`'));
    (is_mark && matches!(slashes, 0 | 1 | 3 | 7)).then(|| &text[..=slashes])
}

/// Reads the string that begins at `at`, where a quotation mark is.
pub(crate) fn read(page: &Page<'_>, at: usize) -> Option<Quoted> {
    let window = page.ahead(at, LONGEST);
    let mark = mark(window)?;
    for triple in ["\"\"\"", "'''"] {
        if let Some(body) = window.strip_prefix(triple)
            && let Some(end) = body.find(triple)
        {
            page.note(end);
            return Some(Quoted { inner: at + 3..at + 3 + end, end: at + 6 + end, is_closed: true });
        }
    }
    let body = &window[mark.len()..];
    let (length, closing) = close(body, mark);
    page.note(length);
    let inner = at + mark.len()..at + mark.len() + length;
    Some(Quoted { end: inner.end + closing, inner, is_closed: closing > 0 })
}

/// How long the string is whose inside is `body`, and how long the mark is that ends it; none does at the end of the line.
fn close(body: &str, mark: &str) -> (usize, usize) {
    let bytes = body.as_bytes();
    let quote = mark.as_bytes()[mark.len() - 1];
    let level = mark.len() - 1;
    let mut slashes = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => slashes += 1,
            b'\n' | b'\0' => return (at, 0),
            byte if *byte == quote => {
                if let Some(longer) = shell_continuation(&body[at..], quote, level) {
                    at += longer;
                    slashes = 0;
                    continue;
                }
                let is_doubled = quote == b'\''
                    && level == 0
                    && at > 0
                    && bytes.get(at + 1) == Some(&b'\'')
                    && slashes == 0;
                if is_doubled {
                    at += 1;
                } else if closes(slashes, level) {
                    let slashes = slashes.min(level);
                    return (at - slashes, slashes + 1);
                }
                slashes = 0;
            }
            _ => slashes = 0,
        }
        at += 1;
    }
    (body.len(), 0)
}

/// Whether a quotation mark after so many backslashes ends a string of that level. Inside a string of level one, a mark that
/// belongs to the value has three backslashes or more.
fn closes(slashes: usize, level: usize) -> bool {
    if level == 0 {
        slashes.is_multiple_of(2)
    } else {
        slashes <= level || slashes % (2 * (level + 1)) == level
    }
}

/// `'\''` and `'"'"'`: how a shell writes a single quotation mark inside single quotation marks.
fn shell_continuation(rest: &str, quote: u8, level: usize) -> Option<usize> {
    if quote != b'\'' || level > 0 {
        return None;
    }
    ["'\\''", "'\"'\"'"].iter().find(|idiom| rest.starts_with(**idiom)).map(|idiom| idiom.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_where_their_own_level_ends() {
        let inner = |text: &str| {
            let page = Page::new(text);
            let quoted = read(&page, 0).unwrap();
            (text[quoted.inner].to_owned(), quoted.is_closed)
        };
        assert_eq!(inner(r#""a\"b" c"#), (r#"a\"b"#.into(), true));
        assert_eq!(inner(r#"\"x\",\"y\""#), ("x".into(), true));
        assert_eq!(inner(r#"\"x\\\"y\",\""#), (r#"x\\\"y"#.into(), true));
        assert_eq!(inner("'it''s' x"), ("it''s".into(), true));
        assert_eq!(inner(r"'a'\''b' x"), (r"a'\''b".into(), true));
        assert_eq!(inner("'' x"), (String::new(), true));
        assert_eq!(inner("\"open\nnext\""), ("open".into(), false));
        assert_eq!(inner("\"\"\"a\"b\"\"\""), ("a\"b".into(), true));
    }
}
