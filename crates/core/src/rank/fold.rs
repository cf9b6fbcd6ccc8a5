//! One spelling for every way a word is written: case, accents, width and plural are folded away, for texts and
//! questions alike.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents and compatibility forms: `Ünïcödé` is `unicode`, `ﬁ` is `fi`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase).collect()
}

/// A folded word without its plural. Words with digits or signs in them, and words of up to three letters
/// (`nas`, `dns`), stay as they are.
pub fn singular(word: &str) -> &str {
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word;
    }
    let cut = |letters: usize| &word[..word.len() - letters];
    if ["sses", "shes", "ches", "xes", "zes"].iter().any(|ending| word.ends_with(ending)) {
        return cut(2);
    }
    let not_a_plural = ["ss", "us", "is", "as"].iter().any(|ending| word.ends_with(ending));
    if word.ends_with('s') && !not_a_plural { cut(1) } else { word }
}

/// Words that carry no meaning of their own in a question. They are looked for only when nothing else is asked.
pub fn is_filler(word: &str) -> bool {
    FILLERS.binary_search(&word).is_ok()
}

/// Sorted.
const FILLERS: [&str; 106] = [
    "a", "about", "all", "also", "am", "an", "and", "another", "any", "are", "as", "at", "be", "been", "but",
    "by", "can", "could", "did", "do", "does", "doing", "done", "dont", "find", "for", "from", "get", "go",
    "goes", "got", "had", "has", "have", "here", "how", "i", "if", "in", "into", "is", "it", "its", "just",
    "list", "me", "more", "most", "my", "no", "not", "of", "on", "only", "onto", "or", "other", "our",
    "please", "s", "shall", "should", "show", "so", "some", "such", "t", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "thing", "this", "those", "to", "too", "up", "use", "used",
    "uses", "using", "very", "was", "we", "were", "what", "whats", "when", "where", "wheres", "which",
    "while", "who", "whose", "why", "will", "with", "would", "you", "your", "yours",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_case_accents_and_plural() {
        let table = [
            ("Ünïcödé", "unicode"),
            ("BACKUPS", "backup"),
            ("Switches", "switch"),
            ("boxes", "box"),
            ("nas", "nas"),
            ("TrueNAS", "truenas"),
            ("chassis", "chassis"),
            ("k3s", "k3s"),
            ("compass", "compass"),
        ];
        for (written, wanted) in table {
            assert_eq!(singular(&fold(written)), wanted, "{written}");
        }
    }

    #[test]
    fn the_fillers_are_sorted_for_the_binary_search() {
        let mut sorted = FILLERS;
        sorted.sort_unstable();
        assert!(FILLERS.iter().all(|word| is_filler(word)), "not found: order must be {sorted:?}");
    }
}
