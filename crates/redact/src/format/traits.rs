//! What a line has in it, told in one pass, so that the rules that want something of it are only asked then.

/// What a line has in it.
pub(super) struct Traits {
    seen: u8,
    pub(super) colons: usize,
    pub(super) blanks: usize,
}

const TAB: u8 = 1;
const STAR: u8 = 2;
const QUOTE: u8 = 4;
const MARK: u8 = 8;
const COLON: u8 = 16;
const BLANK: u8 = 32;
const EQUALS: u8 = 64;
const AT: u8 = 128;

/// What each byte counts for.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    classes[b'\t' as usize] = TAB;
    classes[b'*' as usize] = STAR | MARK;
    classes[b'"' as usize] = QUOTE;
    classes[b'\'' as usize] = QUOTE;
    classes[b':' as usize] = COLON;
    classes[b' ' as usize] = BLANK;
    classes[b'=' as usize] = EQUALS;
    classes[b'@' as usize] = AT;
    let marks = b"!#$%^?~";
    let mut at = 0;
    while at < marks.len() {
        classes[marks[at] as usize] = MARK;
        at += 1;
    }
    classes
};

impl Traits {
    pub(super) fn of(line: &str) -> Self {
        let (mut seen, mut colons, mut blanks) = (0, 0, 0);
        // How far it is indented says nothing.
        let indent = line.len() - line.trim_start_matches(' ').len();
        for byte in line.bytes().skip(indent) {
            let class = CLASSES[usize::from(byte)];
            seen |= class;
            colons += usize::from(class == COLON);
            blanks += usize::from(class == BLANK);
        }
        Self { seen, colons, blanks }
    }

    pub(super) fn has_tab(&self) -> bool {
        self.seen & TAB != 0
    }

    pub(super) fn has_star(&self) -> bool {
        self.seen & STAR != 0
    }

    pub(super) fn has_quote(&self) -> bool {
        self.seen & QUOTE != 0
    }

    pub(super) fn has_equals(&self) -> bool {
        self.seen & EQUALS != 0
    }

    pub(super) fn has_at(&self) -> bool {
        self.seen & AT != 0
    }

    /// One of the marks that people put into passwords.
    pub(super) fn has_mark(&self) -> bool {
        self.seen & MARK != 0
    }
}

/// Whether a line begins as those of logs do, with the time: nobody writes notes so.
pub(super) fn is_logged(line: &str) -> bool {
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
        || line.get(..48).unwrap_or(line).contains(" - - [")
}
