//! Cuts a text into the lower-case words and single signs that BERT's uncased vocabulary is made of.
//!
//! *Invariant:* same words as Hugging Face's `BertNormalizer` and `BertPreTokenizer`, except that the names of special
//! tokens (`[SEP]` …) are ordinary text here: what somebody writes into a note must not steer the model.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Calls `word` with each word in order until it answers `false`; reads no further than needed.
pub(crate) fn for_each_word(text: &str, mut word: impl FnMut(&str) -> bool) {
    let folded = text
        .chars()
        .filter(|c| !is_dropped(*c))
        .nfd()
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase);

    let mut open = String::new();
    for c in folded {
        let alone = is_ideograph(c) || is_punctuation(c);
        if alone || c.is_whitespace() {
            if !open.is_empty() && !word(&open) {
                return;
            }
            open.clear();
            if alone && !word(c.encode_utf8(&mut [0; 4])) {
                return;
            }
        } else {
            open.push(c);
        }
    }
    if !open.is_empty() {
        word(&open);
    }
}

/// Signs that carry no text: controls, formats (zero-width joiners, soft hyphens), private use, the replacement sign.
fn is_dropped(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        ' '..='~' => false,
        '\0' | '\u{fffd}' => true,
        _ => matches!(
            c.general_category(),
            GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
        ),
    }
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || (!c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Punctuation)
}

/// Han characters, each a word of its own. Kana and Hangul are not: the vocabulary spells them in pieces.
fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{20000}'..='\u{2a6df}'
        | '\u{2a700}'..='\u{2b73f}'
        | '\u{2b740}'..='\u{2b81f}'
        | '\u{2b920}'..='\u{2ceaf}'
        | '\u{f900}'..='\u{faff}'
        | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for_each_word(text, |word| {
            found.push(word.to_owned());
            true
        });
        found
    }

    #[test]
    fn signs_stand_alone_and_words_lose_case_and_accents() {
        let table: &[(&str, &[&str])] = &[
            ("Old NAS", &["old", "nas"]),
            ("aa:BB", &["aa", ":", "bb"]),
            ("/mnt/été", &["/", "mnt", "/", "ete"]),
            ("İstanbul Žižek", &["istanbul", "zizek"]),
            ("地下室 nas", &["地", "下", "室", "nas"]),
            ("zero\u{200b}width\u{ad}hyphen", &["zerowidthhyphen"]),
            ("a\u{a0}b\u{2028}c\r\nd", &["a", "b", "c", "d"]),
            ("„so“…", &["„", "so", "“", "…"]),
            ("[SEP]", &["[", "sep", "]"]),
            ("", &[]),
            (" \u{7}\u{fffd} ", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn reading_stops_when_the_caller_has_enough() {
        let mut seen = 0;
        for_each_word("a b c d", |_| {
            seen += 1;
            seen < 2
        });
        assert_eq!(seen, 2);
    }
}
