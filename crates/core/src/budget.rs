//! Keeps answers affordable: cuts long text on a character boundary and says that it did.

/// Longest text field given to a model in one answer unless it asks for more, in characters.
pub const MODEL_TEXT: usize = 4_000;

/// The first `limit` characters of `text`, and how many were left off.
pub fn cut(text: &str, limit: usize) -> (&str, usize) {
    match text.char_indices().nth(limit) {
        None => (text, 0),
        Some((at, _)) => (&text[..at], text[at..].chars().count()),
    }
}

/// Where the character begins that has the byte `at`; the end of the text when there is none.
pub fn boundary_before(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Makes control, bidirectional and zero-width characters visible, so that what is shown is what is there.
/// Tabs and newlines stay.
pub fn neutralise(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.chars().any(is_deceptive) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_deceptive(character) {
            shown.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    shown.into()
}

fn is_deceptive(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}' => true,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters_and_counts_the_rest() {
        assert_eq!(cut("häuser", 2), ("hä", 4));
        assert_eq!(cut("hi", 5), ("hi", 0));
        assert_eq!([0, 1, 2, 3, 99].map(|at| boundary_before("häu", at)), [0, 1, 1, 3, 4]);
    }

    #[test]
    fn escape_sequences_and_direction_overrides_become_visible() {
        assert_eq!(neutralise("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(neutralise("plain\ttext\n"), "plain\ttext\n");
    }
}
