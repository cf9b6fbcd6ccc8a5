//! Values in the frames that wikis, pages and letters put around them: `''x''`, `{{x}}`, `<code>x</code>`, `« x »`.

use std::ops::Range;

use super::judge::{is_diceware, is_joined, is_name_of_one, is_opaque, is_worded};
use super::lexicon::{Certainty, is_about};

/// How frames open and close, the longer before what it begins with.
const FRAMES: &[(&str, &str)] = &[
    ("<code>", "</code>"),
    ("<b>", "</b>"),
    ("<strong>", "</strong>"),
    ("<tt>", "</tt>"),
    ("<kbd>", "</kbd>"),
    ("<em>", "</em>"),
    ("<i>", "</i>"),
    ("{{{", "}}}"),
    ("{{", "}}"),
    ("\\texttt{", "}"),
    ("« ", " »"),
    ("«", "»"),
    ("„", "“"),
    ("“", "”"),
    ("''", "''"),
    ("**", "**"),
    ("*", "*"),
    ("_", "_"),
    ("`", "`"),
    ("\"", "\""),
];

/// So far behind its name a framed value is looked for.
const FURTHEST: usize = 48;

/// Where the value is that `text` begins with, in a frame that is closed.
pub(super) fn framed(text: &str) -> Option<Range<usize>> {
    let (open, close) = FRAMES.iter().find(|(open, _)| text.starts_with(open))?;
    let length = text[open.len()..].find(close)?;
    let said = &text[open.len()..open.len() + length];
    let is_plain =
        said.trim() == said && !said.contains(['<', '>', '{', '}', '|', '(', '"']) && !said.starts_with('$');
    // What looks like a secret in such marks is found by other rules.
    let is_common = matches!(*open, "`" | "\"");
    let is_telling = said.len() >= 5
        && (is_opaque(said) && !is_common
            || is_diceware(said)
            || is_worded(said)
            || is_joined(said) && !is_common)
        && !is_name_of_one(said, Certainty::Faint);
    (is_plain && is_telling).then_some(open.len()..open.len() + length)
}

/// The framed value that a few words behind a name lead to: `, *x*,`, ` is {{x}}`, `, c'est la phrase « x »`.
pub(super) fn framed_further_on(text: &str) -> Option<Range<usize>> {
    let mut words = 0;
    for (at, mark) in text.char_indices().take_while(|(at, _)| *at < FURTHEST) {
        if mark == ' ' {
            words += 1;
        }
        if words > 7 || matches!(mark, ';' | '=' | '(' | '.' | '?' | '!') {
            return None;
        }
        let begins = at == 0 || text[..at].ends_with([' ', '\'']);
        let opens = matches!(mark, '<' | '{' | '\\' | '«' | '„' | '“' | '\'' | '*' | '_' | '`' | '"');
        if begins && opens {
            let is_of_another = text[..at].split_whitespace().any(|word| {
                let bare = word.trim_matches(|mark: char| mark.is_ascii_punctuation());
                is_about(bare) || matches!(bare, "named" | "called" | "user" | "in" | "on" | "see" | "under")
            });
            let range = framed(&text[at..]).filter(|_| !is_of_another)?;
            return Some(at + range.start..at + range.end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_those_of_wikis_and_letters() {
        for (text, value) in [
            ("''Hamster508#''.", "Hamster508#"),
            (", *badger tulip cactus quartz*, was", "badger tulip cactus quartz"),
            ("is {{regenjas_1217+}} en", "regenjas_1217+"),
            ("<code>V9Y#40=</code>", "V9Y#40="),
            (", c'est la phrase « orage marmite brouette tonnerre »", "orage marmite brouette tonnerre"),
        ] {
            let found = framed_further_on(text).map_or("", |range| &text[range]);
            assert_eq!(found, value, "{text}");
        }
        for text in
            ["{{ item.password }}", "_file_", "in **vault2**", "*required*", "of user `eva2`", "\"not set\""]
        {
            assert_eq!(framed_further_on(text), None, "{text}");
        }
    }
}
