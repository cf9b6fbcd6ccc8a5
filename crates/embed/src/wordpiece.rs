//! Words to vocabulary ids: the longest known piece first, the rest spelled with continuation pieces.

use std::collections::HashMap;

use crate::words::for_each_word;

/// How many ids a text may have, both frame tokens included; what follows is not read. The model was trained with 256.
pub const LONGEST: usize = 256;

const CONTINUES: &str = "##";
/// A longer word is a hash or a blob, not language: one unknown token instead of a hundred crumbs.
const LONGEST_WORD: usize = 100;

/// The vocabulary, ready for look-ups.
#[derive(Debug)]
pub(crate) struct WordPiece {
    starts: HashMap<Box<str>, u32>,
    continues: HashMap<Box<str>, u32>,
    /// The longest piece in bytes; nothing longer needs a look-up.
    longest_piece: usize,
    unknown: u32,
    begin: u32,
    end: u32,
}

impl WordPiece {
    /// One token a line, the line number is the id. `None` if a frame token is missing.
    pub(crate) fn from_vocabulary(lines: &str) -> Option<Self> {
        let mut starts = HashMap::new();
        let mut continues = HashMap::new();
        let mut longest_piece = 0;
        for (id, token) in (0u32..).zip(lines.lines()) {
            let (map, piece) = match token.strip_prefix(CONTINUES) {
                Some(rest) if !rest.is_empty() => (&mut continues, rest),
                _ => (&mut starts, token),
            };
            longest_piece = longest_piece.max(piece.len());
            map.insert(Box::from(piece), id);
        }
        let frame = |token: &str| starts.get(token).copied();
        let (unknown, begin, end) = (frame("[UNK]")?, frame("[CLS]")?, frame("[SEP]")?);
        Some(Self { starts, continues, longest_piece, unknown, begin, end })
    }

    /// The ids of a text between its two frame tokens: at least 2, at most [`LONGEST`].
    pub(crate) fn ids(&self, text: &str) -> Vec<u32> {
        let mut ids = vec![self.begin];
        for_each_word(text, |word| {
            self.spell(word, &mut ids);
            ids.len() < LONGEST
        });
        ids.truncate(LONGEST - 1);
        ids.push(self.end);
        ids
    }

    /// Appends the pieces of one word, or one unknown token if any part of it has no piece.
    fn spell(&self, word: &str, ids: &mut Vec<u32>) {
        let before = ids.len();
        if word.chars().nth(LONGEST_WORD).is_some() {
            ids.push(self.unknown);
            return;
        }
        let mut rest = word;
        while !rest.is_empty() {
            let map = if rest.len() == word.len() { &self.starts } else { &self.continues };
            let found = self.longest_start(rest, map);
            let Some((id, length)) = found else {
                ids.truncate(before);
                ids.push(self.unknown);
                return;
            };
            ids.push(id);
            rest = &rest[length..];
        }
    }

    /// The id and length of the longest piece that `rest` begins with.
    fn longest_start(&self, rest: &str, map: &HashMap<Box<str>, u32>) -> Option<(u32, usize)> {
        let mut ends =
            rest.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= self.longest_piece);
        let mut piece = &rest[..ends.by_ref().last()?];
        loop {
            if let Some(id) = map.get(piece) {
                return Some((*id, piece.len()));
            }
            let (shorter, _) = piece.char_indices().next_back()?;
            piece = &piece[..shorter];
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    const SMALL: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nstore\nstor\n##age\n##s\nbox\n,\né\n地\n##é";

    fn small() -> WordPiece {
        WordPiece::from_vocabulary(SMALL).unwrap()
    }

    #[test]
    fn the_longest_piece_wins_and_an_unspellable_word_is_unknown() {
        let table: &[(&str, &[u32])] = &[
            ("", &[2, 3]),
            ("store", &[2, 4, 3]),
            ("Storage, stores", &[2, 5, 6, 9, 4, 7, 3]),
            ("boxage", &[2, 8, 6, 3]),
            ("boxed box", &[2, 1, 8, 3]),
            ("地box", &[2, 11, 8, 3]),
            ("##s", &[2, 1, 1, 1, 3]),
        ];
        for (text, expected) in table {
            assert_eq!(small().ids(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn a_word_of_a_hundred_letters_is_spelled_and_a_longer_one_is_unknown() {
        let word = format!("box{}", "s".repeat(97));
        assert_eq!(small().ids(&word).len(), 2 + 98);
        assert_eq!(small().ids(&format!("{word}s")), [2, 1, 3]);
    }

    #[test]
    fn a_long_text_is_cut_and_still_closed() {
        let ids = small().ids(&"box ".repeat(1000));
        assert_eq!(ids.len(), LONGEST);
        assert_eq!(*ids.last().unwrap(), 3);
    }

    #[test]
    fn a_vocabulary_without_its_frame_is_refused() {
        assert!(WordPiece::from_vocabulary("[UNK]\n[CLS]\nbox").is_none());
    }

    proptest! {
        #[test]
        fn any_text_becomes_a_framed_row_of_at_most_256_ids(text in "\\PC{0,400}|[\\s\\S]{0,400}|(box|storage|é|地|,| ){0,400}") {
            let ids = small().ids(&text);
            prop_assert!((2..=LONGEST).contains(&ids.len()));
            prop_assert_eq!(ids[0], 2);
            prop_assert_eq!(*ids.last().unwrap(), 3);
            prop_assert!(ids[1..ids.len() - 1].iter().all(|id| ![0, 2, 3].contains(id)));
        }
    }
}
