//! One search for many words at once, in any case of their ASCII letters, overlapping ones too.

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::dfa::DFA;

/// The compiled search.
pub(crate) struct Search {
    automaton: DFA,
    /// No word goes on over a line end, so that what follows one may be searched by itself.
    is_by_line: bool,
}

/// A word that was found, by its number, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) at: usize,
    pub(crate) word: usize,
}

impl Search {
    /// The words are numbered in their order.
    pub(crate) fn new<'w>(words: impl Iterator<Item = &'w str> + Clone) -> Self {
        let is_by_line = words.clone().all(|word| !word.contains('\n'));
        let automaton = DFA::builder()
            .ascii_case_insensitive(true)
            .build(words)
            .expect("some hundred short words make a small automaton");
        Self { automaton, is_by_line }
    }

    /// Every word in a text, in order of their ends.
    pub(crate) fn hits(&self, text: &str) -> Vec<Hit> {
        let bytes = text.as_bytes();
        let middle = bytes.len() / 2;
        let line_end = bytes[middle..].iter().position(|byte| *byte == b'\n').filter(|_| self.is_by_line);
        let (front, back) = bytes.split_at(line_end.map_or(bytes.len(), |end| middle + end + 1));
        let mut hits = Vec::with_capacity(bytes.len() / 16);
        let mut behind = Vec::with_capacity(back.len() / 16);
        let start = self.automaton.start_state(Anchored::No).expect("a search may begin anywhere");
        // A step is little else than waiting for memory. While one half of the text waits, the other goes on.
        let (mut one, mut other) = (start, start);
        for (at, (byte, later)) in front.iter().zip(back).enumerate() {
            one = self.step(one, *byte, at, &mut hits);
            other = self.step(other, *later, front.len() + at, &mut behind);
        }
        let both = front.len().min(back.len());
        for (at, byte) in front.iter().enumerate().skip(both) {
            one = self.step(one, *byte, at, &mut hits);
        }
        for (at, byte) in back.iter().enumerate().skip(both) {
            other = self.step(other, *byte, front.len() + at, &mut behind);
        }
        hits.append(&mut behind);
        hits
    }

    /// The state that the byte at `at` leads to, after noting the words that end with it.
    #[inline]
    fn step(&self, state: StateID, byte: u8, at: usize, hits: &mut Vec<Hit>) -> StateID {
        let state = self.automaton.next_state(Anchored::No, state, byte);
        if self.automaton.is_special(state) {
            self.note(state, at + 1, hits);
        }
        state
    }

    /// The words that end at `end`.
    fn note(&self, state: StateID, end: usize, hits: &mut Vec<Hit>) {
        if self.automaton.is_match(state) {
            let words = (0..self.automaton.match_len(state)).map(|n| self.automaton.match_pattern(state, n));
            hits.extend(
                words.map(|word| Hit { at: end - self.automaton.pattern_len(word), word: word.as_usize() }),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(words: &[&str], text: &'t str) -> Vec<(usize, &'t str)> {
        let hits = Search::new(words.iter().copied()).hits(text);
        hits.iter().map(|hit| (hit.at, &text[hit.at..hit.at + words[hit.word].len()])).collect()
    }

    #[test]
    fn words_are_found_in_both_halves_in_order_of_their_ends() {
        assert_eq!(
            found(&["pass", "word", "password", "ss"], "a PASSWORD\nof ten words, a pass\nss"),
            [
                (2, "PASS"),
                (4, "SS"),
                (2, "PASSWORD"),
                (6, "WORD"),
                (18, "word"),
                (27, "pass"),
                (29, "ss"),
                (32, "ss")
            ]
        );
        assert_eq!(found(&["pass"], "pass"), [(0, "pass")]);
        assert_eq!(found(&["pass"], ""), []);
    }

    #[test]
    fn a_word_with_a_line_end_in_it_is_found_where_lines_part() {
        assert_eq!(found(&["a\nb"], "xxa\nbxx"), [(2, "a\nb")]);
    }
}
