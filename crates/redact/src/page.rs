//! A stretch of text as the rules see it: by place, in windows of bounded size, so that no rule can read a line of a
//! megabyte again for each word in it.

use std::cell::Cell;

/// The furthest that a rule looks along a line, in bytes. Values of a known end may be longer.
const WINDOW: usize = 1024;

/// One stretch of text. Counts what the rules read, which is how the tests know that the work grows with the text and no faster.
pub(crate) struct Page<'t> {
    /// All of it.
    pub(crate) text: &'t str,
    read: Cell<usize>,
}

impl<'t> Page<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, read: Cell::new(0) }
    }

    /// How many bytes were handed out so far.
    #[cfg(test)]
    pub(crate) fn read(&self) -> usize {
        self.read.get()
    }

    pub(crate) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The byte before `at`.
    pub(crate) fn byte_before(&self, at: usize) -> Option<u8> {
        at.checked_sub(1).and_then(|before| self.byte(before))
    }

    /// From `at` to the end of its line, or of the window.
    pub(crate) fn rest(&self, at: usize) -> &'t str {
        let window = self.ahead(at, WINDOW);
        let rest = window.bytes().position(is_break).map_or(window, |end| &window[..end]);
        self.note(rest.len());
        rest
    }

    /// From the beginning of the line, or of the window, to `at`.
    pub(crate) fn before(&self, at: usize) -> &'t str {
        let mut start = at.saturating_sub(WINDOW);
        while !self.text.is_char_boundary(start) {
            start += 1;
        }
        let window = &self.text[start..at];
        let before = window.bytes().rposition(is_break).map_or(window, |end| &window[end + 1..]);
        self.note(before.len());
        before
    }

    /// From `at` on, over line ends, at most `limit` bytes. Who reads it says with [`Page::note`] how far.
    pub(crate) fn ahead(&self, at: usize, limit: usize) -> &'t str {
        let mut end = at.saturating_add(limit).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.get(at..end).unwrap_or_default()
    }

    /// Counts bytes that a rule went through.
    pub(crate) fn note(&self, bytes: usize) {
        self.read.set(self.read.get() + bytes);
    }

    /// Where the line after the one of `at` begins, when there is one in reach.
    pub(crate) fn next_line(&self, at: usize) -> Option<usize> {
        let window = self.ahead(at, WINDOW);
        let end = window.find('\n')?;
        self.note(end);
        Some(at + end + 1)
    }
}

/// Ends a line; NUL does so in `/proc/*/environ`.
fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\0')
}

/// The lines of a text with where they begin, without their ends.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(['\n', '\0']).map(move |line| {
        let start = at;
        at += line.len() + 1;
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// Where in `whole` a part begins that was cut out of it. Searching for it finds what is the same and stands before it.
pub(crate) fn offset(part: &str, whole: &str) -> usize {
    let at = part.as_ptr().addr().checked_sub(whole.as_ptr().addr());
    // A finding that has no place would be shown.
    at.filter(|at| at + part.len() <= whole.len()).expect("a part is cut out of the whole")
}

/// The words of a text, with where they begin.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    text.split_whitespace().map(move |word| (offset(word, text), word))
}

/// How many bytes at the front of `text` satisfy `member`, which may say yes to ASCII only.
pub(crate) fn run(text: &str, member: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| !(byte.is_ascii() && member(byte))).unwrap_or(text.len())
}

/// As [`run`], from the back.
pub(crate) fn run_back(text: &str, member: impl Fn(u8) -> bool) -> usize {
    text.bytes().rev().position(|byte| !(byte.is_ascii() && member(byte))).unwrap_or(text.len())
}

/// Whether `text` begins with one of these; most differ at once.
pub(crate) fn begins_with(text: &str, beginnings: &[&str]) -> bool {
    beginning(text, beginnings).is_some()
}

/// The first of these that `text` begins with; most differ at once.
pub(crate) fn beginning<'b>(text: &str, beginnings: &[&'b str]) -> Option<&'b str> {
    let first = text.bytes().next();
    let mut all = beginnings.iter().copied();
    all.find(|beginning| beginning.bytes().next() == first && text.starts_with(beginning))
}

/// Words that are looked for all at once, anywhere in a text: most places cannot begin one, which their byte tells.
pub(crate) struct Parts {
    words: &'static [&'static str],
    begins: [bool; 256],
}

impl Parts {
    pub(crate) const fn new(words: &'static [&'static str]) -> Self {
        let mut begins = [false; 256];
        let mut at = 0;
        while at < words.len() {
            begins[words[at].as_bytes()[0] as usize] = true;
            at += 1;
        }
        Self { words, begins }
    }

    /// Whether one of them is in `text`.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        bytes.iter().enumerate().any(|(at, byte)| {
            self.begins[usize::from(*byte)]
                && self.words.iter().any(|word| bytes[at..].starts_with(word.as_bytes()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stands_where_it_was_cut_from() {
        let whole = "ab ab é ab  ";
        let parts = [(&whole[3..5], 3), (&whole[6..8], 6), (whole.trim(), 0), (whole, 0), (&whole[12..], 12)];
        for (part, at) in parts {
            assert_eq!(offset(part, whole), at, "{part:?}");
        }
        // What is left of nothing still has a place.
        assert_eq!(offset(whole[11..].trim(), whole), 11 + offset(whole[11..].trim(), &whole[11..]));
        assert_eq!(words(whole).map(|(at, _)| at).collect::<Vec<_>>(), [0, 3, 6, 9]);
    }

    #[test]
    #[should_panic(expected = "a part is cut out of the whole")]
    fn what_was_not_cut_out_of_it_stands_nowhere() {
        let other = String::from("ab");
        let _ = offset(&other, "ab ab");
    }
}
