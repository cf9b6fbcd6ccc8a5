//! What a line has in it, told in one pass, so that the rules that want something of it are only asked then.

/// What a line has in it.
#[derive(Clone, Copy)]
pub(crate) struct Traits {
    /// Flags, of those below.
    seen: u16,
    pub(super) colons: usize,
    pub(super) blanks: usize,
}

const TAB: u16 = 1;
const STAR: u16 = 1 << 1;
const QUOTE: u16 = 1 << 2;
const EQUALS: u16 = 1 << 3;
const AT: u16 = 1 << 4;
const DOLLAR: u16 = 1 << 5;
/// Other marks that people put into passwords.
const MARK: u16 = 1 << 6;
const BAR: u16 = 1 << 7;
const SLASH: u16 = 1 << 8;
/// Brackets of code.
const CODE: u16 = 1 << 9;
const BRACKET: u16 = 1 << 10;
const CAPITAL: u16 = 1 << 11;
const DIGIT: u16 = 1 << 12;
/// Ends the line.
const END: u16 = 1 << 13;

/// What each byte says of its line.
const CLASSES: [u16; 256] = {
    let members: &[(&[u8], u16)] = &[
        (b"\t", TAB),
        (b"*", STAR),
        (b"\"'", QUOTE),
        (b"=", EQUALS),
        (b"@", AT),
        (b"$", DOLLAR),
        (b"!#%^?~", MARK),
        (b"|", BAR),
        (b"/", SLASH),
        (b"{}<>\\", CODE),
        (b"[", BRACKET),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", CAPITAL),
        (b"0123456789", DIGIT),
        (b"\n\0", END),
    ];
    let mut classes = [0; 256];
    let mut at = 0;
    while at < members.len() {
        let (bytes, class) = members[at];
        let mut next = 0;
        while next < bytes.len() {
            classes[bytes[next] as usize] = class;
            next += 1;
        }
        at += 1;
    }
    classes
};

/// The lines of a text with where they begin, without their ends, and what they have in them: one pass tells all of it.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str, Traits)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let (traits, length) = Traits::first(&text.as_bytes()[start..]);
        let end = start + length;
        next = (end < text.len()).then_some(end + 1);
        let line = &text[start..end];
        Some((start, line.strip_suffix('\r').unwrap_or(line), traits))
    })
}

impl Traits {
    /// Of the line that a text begins with, and how long that is.
    fn first(text: &[u8]) -> (Self, usize) {
        // How far it is indented says nothing.
        let indent = text.iter().position(|byte| *byte != b' ').unwrap_or(text.len());
        let (mut seen, mut colons, mut blanks) = (0, 0, 0);
        let mut length = text.len();
        for (at, byte) in text[indent..].iter().enumerate() {
            let class = CLASSES[usize::from(*byte)];
            if class & END != 0 {
                length = indent + at;
                break;
            }
            seen |= class;
            colons += usize::from(*byte == b':');
            blanks += usize::from(*byte == b' ');
        }
        (Self { seen, colons, blanks }, length)
    }

    pub(super) fn of(line: &str) -> Self {
        Self::first(line.as_bytes()).0
    }

    fn has(&self, flags: u16) -> bool {
        self.seen & flags != 0
    }

    pub(super) fn has_tab(&self) -> bool {
        self.has(TAB)
    }

    pub(super) fn has_star(&self) -> bool {
        self.has(STAR)
    }

    pub(super) fn has_quote(&self) -> bool {
        self.has(QUOTE)
    }

    pub(super) fn has_equals(&self) -> bool {
        self.has(EQUALS)
    }

    pub(super) fn has_at(&self) -> bool {
        self.has(AT)
    }

    /// A bracket, sign or variable, as code has them: in the heading of a table they are those of HTML or LaTeX.
    pub(super) fn has_code(&self) -> bool {
        self.has(CODE | EQUALS | DOLLAR)
    }

    pub(super) fn has_bar(&self) -> bool {
        self.has(BAR)
    }

    pub(super) fn has_slash(&self) -> bool {
        self.has(SLASH)
    }

    pub(super) fn has_capital(&self) -> bool {
        self.has(CAPITAL)
    }

    pub(super) fn has_digit(&self) -> bool {
        self.has(DIGIT)
    }

    /// One of the marks that people put into passwords.
    pub(super) fn has_mark(&self) -> bool {
        self.has(STAR | DOLLAR | MARK)
    }
}

/// Whether a line begins as those of logs do, with the time: nobody writes notes so.
pub(super) fn is_logged(line: &str, traits: &Traits) -> bool {
    let bytes = line.as_bytes();
    let is_time = |at: usize| {
        bytes.len() > at + 8
            && bytes[at + 2] == b':'
            && bytes[at + 5] == b':'
            && [at, at + 1, at + 3, at + 4, at + 6, at + 7].iter().all(|at| bytes[*at].is_ascii_digit())
    };
    // `Jun  2 12:00:01`, `2025-06-02T12:00:05`, `level=info`, `10.0.0.5 - - [02/Jun/2025:12:00:04`
    is_time(7)
        || is_time(11)
        || line.starts_with("level=")
        || line.starts_with("time=")
        || traits.has(BRACKET) && line.get(..48).unwrap_or(line).contains(" - - [")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> Vec<(usize, &str)> {
        lines(text).map(|(start, line, _)| (start, line)).collect()
    }

    #[test]
    fn a_line_ends_where_it_does_for_the_page() {
        for text in [
            "",
            " ",
            "    ",
            "\n",
            "\r\n",
            "\0",
            "a",
            "a\n",
            "a\r\nb",
            "a\0b\0",
            "  a\n  ",
            "a\rb\r",
            "é\r\n\n \0\t",
        ] {
            assert_eq!(told(text), crate::page::lines(text).collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn what_a_line_has_in_it_is_told_of_that_line_alone() {
        let all: Vec<_> = lines("   a:b c\r\n\tX9\0*'\n").map(|(.., traits)| traits).collect();
        let counts: Vec<_> = all.iter().map(|traits| (traits.colons, traits.blanks)).collect();
        assert_eq!(counts, [(1, 1), (0, 0), (0, 0), (0, 0)]);
        assert!(all[1].has_tab() && all[1].has_capital() && all[1].has_digit() && !all[0].has_tab());
        assert!(all[2].has_star() && all[2].has_quote() && !all[1].has_star());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn lines_are_those_of_the_page(text in "[ ab\u{e9}\r\n\0\t:]{0,24}") {
            prop_assert_eq!(told(&text), crate::page::lines(&text).collect::<Vec<_>>());
        }

        #[test]
        fn code_is_told_by_its_marks(line in "[ a-c={}$<>|,:/\\\\]{0,6}") {
            prop_assert_eq!(Traits::of(&line).has_code(), line.contains(['=', '{', '}', '$', '<', '>', '\\']));
        }
    }
}
