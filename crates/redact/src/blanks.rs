//! Rules know two blanks, the plain one and the tab. A text may have others, and characters that take no room at all. It is read then
//! with plain blanks in their place, and as it is too; what is found is told by where it stands in the text.

use std::borrow::Cow;
use std::ops::Range;

use crate::span::Span;

/// How many bytes are looked at in one go for what begins another blank.
const GO: usize = 64;

/// A text as the rules read it, and where its pieces stand in the text.
pub(crate) struct Reading<'t> {
    text: &'t str,
    read: Cow<'t, str>,
    /// Pieces that are the same in both: where each begins in what is read, and where in the text.
    pieces: Vec<(usize, usize)>,
}

/// A character that rules do not know, by what it may have been meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// A blank that is neither plain nor ends a line.
    Blank,
    /// Takes no room, or stands for a letter that is left out, and may have been copied in the place of a blank.
    Narrow,
    /// Narrow, but the first of a file, where it parts nothing.
    Begin,
    /// Takes no room: soft hyphens, marks of direction and of how a character is drawn, what joins and parts words, tags.
    Invisible,
}

/// The readings of a text: itself, when it has plain blanks only. Else before that one with plain blanks in the place of others and
/// nothing in the place of what takes no room. Some of those may also have been copied in the place of a blank: then there is one in which
/// all of them are blanks. And what takes no room may part words to a rule: where there is such a mark beside others, there is one
/// that leaves it. That some of the same kind join and others part is not tried.
pub(crate) fn readings(text: &str) -> Vec<Reading<'_>> {
    let marks = marks(text);
    let has = |kind: Mark| marks.iter().any(|(_, mark)| *mark == kind);
    let mut readings = Vec::new();
    if !marks.is_empty() {
        readings.push(Reading::of(text, &marks, Mark::joining));
    }
    if has(Mark::Narrow) {
        readings.push(Reading::of(text, &marks, Mark::parting));
    }
    if has(Mark::Invisible) && (has(Mark::Blank) || has(Mark::Narrow)) {
        readings.push(Reading::of(text, &marks, Mark::parting_or_left));
    }
    readings.push(Reading { text, read: Cow::Borrowed(text), pieces: Vec::new() });
    readings
}

impl Mark {
    /// The kind of a character that stands at `at`; `None` for what rules know.
    fn of(at: usize, character: char) -> Option<Self> {
        match character {
            ' ' | '\t' | '\n' | '\r' => None,
            '\u{feff}' if at == 0 => Some(Self::Begin),
            '\u{115f}' | '\u{1160}' | '\u{200b}' | '\u{2060}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' => {
                Some(Self::Narrow)
            }
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200c}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2061}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0000}'..='\u{e007f}'
            | '\u{e0100}'..='\u{e01ef}' => Some(Self::Invisible),
            // The pattern without dots of Braille is a blank to the eye.
            '\u{2800}' => Some(Self::Blank),
            _ => character.is_whitespace().then_some(Self::Blank),
        }
    }

    /// What is read in its place where nothing that takes no room parts words.
    fn joining(self) -> Option<&'static str> {
        Some(if self == Self::Blank { " " } else { "" })
    }

    /// What is read in its place where all that may have been a blank is one.
    fn parting(self) -> Option<&'static str> {
        Some(if self == Self::Invisible { "" } else { " " })
    }

    /// As [`Mark::parting`], but that what cannot have been a blank stays.
    fn parting_or_left(self) -> Option<&'static str> {
        (self != Self::Invisible).then_some(" ")
    }
}

impl<'t> Reading<'t> {
    /// The reading of a text that has in the place of each mark what `read_as` says; `None` leaves it.
    fn of(
        text: &'t str,
        marks: &[(Range<usize>, Mark)],
        read_as: impl Fn(Mark) -> Option<&'static str>,
    ) -> Self {
        let mut read = String::with_capacity(text.len());
        let mut pieces = Vec::with_capacity(marks.len() + 1);
        pieces.push((0, 0));
        let mut from = 0;
        for (place, mark) in marks {
            let Some(instead) = read_as(*mark) else { continue };
            read.push_str(&text[from..place.start]);
            read.push_str(instead);
            from = place.end;
            pieces.push((read.len(), from));
        }
        read.push_str(&text[from..]);
        Self { text, read: Cow::Owned(read), pieces }
    }

    /// What the rules read.
    pub(crate) fn read(&self) -> &str {
        &self.read
    }

    /// What was found in what is read, where it stands in the text: whole characters, in doubt one more.
    pub(crate) fn in_text(&self, span: Span) -> Span {
        debug_assert!(
            self.read.get(span.start..span.end).is_some(),
            "whole characters: {}..{}",
            span.start,
            span.end
        );
        let piece = |count: usize| self.pieces.get(count.saturating_sub(1)).copied().unwrap_or_default();
        let (read, text) = piece(self.pieces.partition_point(|piece| piece.0 <= span.start));
        let mut start = (text + span.start - read).min(self.text.len());
        // What takes no room and stands behind it is not its.
        let (read, text) = piece(self.pieces.partition_point(|piece| piece.0 < span.end));
        let mut end = (text + span.end - read).min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Span { start, end, ..span }
    }
}

/// The marks of a text that rules do not know, and where they stand.
fn marks(text: &str) -> Vec<(Range<usize>, Mark)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for (go, part) in bytes.chunks(GO).enumerate() {
        // Most parts have none, which is told for all of it at once.
        if !part.iter().fold(false, |any, byte| any | may_begin(*byte)) {
            continue;
        }
        let begins =
            part.iter().enumerate().filter(|(_, byte)| may_begin(**byte)).map(|(at, _)| go * GO + at);
        found.extend(begins.filter_map(|at| {
            let character = text.get(at..)?.chars().next()?;
            Some((at..at + character.len_utf8(), Mark::of(at, character)?))
        }));
    }
    found
}

/// Whether one of them may begin with this byte.
fn may_begin(byte: u8) -> bool {
    matches!(byte, 0x0b | 0x0c | 0xc2 | 0xcd | 0xd8 | 0xe1 | 0xe2 | 0xe3 | 0xef | 0xf3)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What each reading has between two letters, and what that is in the text.
    fn between(text: &str) -> Vec<(String, String)> {
        readings(text)
            .iter()
            .map(|reading| {
                let read = reading.read();
                let range = read.find('<').unwrap() + 1..read.find('>').unwrap();
                let span = reading.in_text(Span::new(range.clone(), ""));
                (read[range].to_owned(), text[span.start..span.end].to_owned())
            })
            .collect()
    }

    fn pair(read: &str, text: &str) -> (String, String) {
        (read.to_owned(), text.to_owned())
    }

    #[test]
    fn what_is_found_is_found_in_the_text() {
        assert_eq!(between("\u{3000}<aé>\u{a0}"), [pair("aé", "aé"), pair("aé", "aé")]);
        let same = |text: &str| pair(text, text);
        assert_eq!(between("\u{b}é\u{2003}<a\u{a0}b>"), [pair("a b", "a\u{a0}b"), same("a\u{a0}b")]);
        assert_eq!(between("\u{feff}<a\u{3000}>"), [pair("a ", "a\u{3000}"), same("a\u{3000}")]);
        assert_eq!(
            between("<a\u{200b}b>"),
            [pair("ab", "a\u{200b}b"), pair("a b", "a\u{200b}b"), same("a\u{200b}b")]
        );
    }

    #[test]
    fn what_takes_no_room_is_no_part_of_what_it_stands_beside() {
        assert_eq!(
            between("<\u{200b}a>"),
            [pair("a", "a"), pair(" a", "\u{200b}a"), pair("\u{200b}a", "\u{200b}a")]
        );
        let text = "\u{feff}pa\u{ad}ss\u{200f} x";
        let readings = readings(text);
        assert_eq!(readings.len(), 2, "none of them can be meant for a blank");
        assert_eq!(readings[0].read(), "pass x");
        let span = readings[0].in_text(Span::new(0..4, ""));
        assert_eq!(&text[span.start..span.end], "pa\u{ad}ss");
    }

    /// What is the same in a text and each of its readings.
    fn solid(text: &str) -> String {
        text.chars().filter(|mark| *mark != ' ' && Mark::of(1, *mark).is_none()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_stands_in_a_reading_is_the_same_in_the_text(
            text in "[ ab\u{e9}\u{2502}\u{a0}\u{b}\u{3000}\u{ad}\u{200b}\u{200f}\u{feff}\u{3164}\u{e0041}]{0,12}",
            from in 0..13_usize,
            length in 1..13_usize,
        ) {
            for reading in readings(&text) {
                let bounds: Vec<usize> =
                    reading.read().char_indices().map(|(at, _)| at).chain([reading.read().len()]).collect();
                let from = from.min(bounds.len() - 1);
                let range = bounds[from]..bounds[(from + length).min(bounds.len() - 1)];
                if !range.is_empty() {
                    let span = reading.in_text(Span::new(range.clone(), ""));
                    prop_assert_eq!(solid(&text[span.start..span.end]), solid(&reading.read()[range]));
                }
            }
        }
    }

    #[test]
    fn a_text_is_read_once_for_each_thing_that_its_marks_may_mean() {
        let read = |text: &str| {
            let readings = readings(text);
            readings.iter().map(|reading| reading.read().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(read("a\u{a0}b"), ["a b", "a\u{a0}b"]);
        assert_eq!(read("a\u{ad}b"), ["ab", "a\u{ad}b"]);
        assert_eq!(
            read("a\u{200b}b\u{ad}"),
            ["ab", "a b", "a b\u{ad}", "a\u{200b}b\u{ad}"],
            "one kind joins, parts, or parts and leaves the other"
        );
        assert_eq!(
            read("\u{feff}a\u{a0}\u{ad}b"),
            ["a b", " a \u{ad}b", "\u{feff}a\u{a0}\u{ad}b"],
            "what begins a file parts nothing by itself"
        );
    }

    #[test]
    fn every_mark_is_looked_for_by_its_first_byte() {
        for mark in ('\0'..=char::MAX).filter(|mark| Mark::of(1, *mark).is_some()) {
            assert!(may_begin(mark.to_string().as_bytes()[0]), "{mark:?}");
            let text = format!("a{mark}b");
            assert!(readings(&text).len() > 1, "{mark:?}");
        }
        for mark in
            "\u{61c}\u{34f}\u{2800}\u{115f}\u{1160}\u{3164}\u{ffa0}\u{fe00}\u{fe0f}\u{e0000}\u{e007f}".chars()
        {
            assert!(Mark::of(1, mark).is_some(), "{mark:?}");
        }
    }

    #[test]
    fn plain_text_is_read_as_it_is() {
        for text in ["", "a b\tc\r\nd", "ÄÖÜ — → │ 日本", &"x".repeat(200)] {
            let readings = readings(text);
            assert_eq!(readings.len(), 1);
            assert!(matches!(readings[0].read, Cow::Borrowed(_)), "{text}");
        }
    }
}
