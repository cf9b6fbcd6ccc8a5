//! Passwords in the answers to questions for them.

use super::persons::{is_grown, is_password};
use super::prose::{LONGEST, Word, is_code, words};
use crate::key::judge::{is_dense, is_opaque};
use crate::page::offset;
use crate::placeholder;
use crate::span::Span;

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Password,
    /// Digits may be it.
    Code,
}

/// The password in the answer to a question for it: the only word that looks like one.
pub(crate) fn answered(asked: Asked, line: &str, start: usize) -> Option<Span> {
    let is_quoted = line.trim_start().starts_with('"');
    if line.len() > LONGEST || is_code(line) && !is_quoted || placeholder::is_in(line) {
        return None;
    }
    // `[14:05] tom: …`
    let said = line.find("] ").filter(|at| *at < 32).map_or(0, |at| at + 2);
    let said = line[said..].find(": ").filter(|at| *at < 24).map_or(said, |at| said + at + 2);
    let said = line[said..].find("> ").filter(|at| *at < 24).map_or(said, |at| said + at + 2);
    let whole = line[said..].trim();
    let inner = whole
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| inner.split(' ').count() >= 3);
    if let Some(inner) = inner {
        let at = start + offset(inner, line);
        return Some(Span::new(at..at + inner.len(), "passphrase"));
    }
    let words = words(&line[said..]);
    let is_told = |at: usize| {
        at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|before| {
            let low = before.text.trim_end_matches(':').to_lowercase();
            matches!(
                low.as_str(),
                "is" | "it's"
                    | "its"
                    | "ist"
                    | "try"
                    | "use"
                    | "still"
                    | "now"
                    | "es"
                    | "est"
                    | "c'est"
                    | "war"
                    | "sí"
                    | "oui"
                    | "ja"
                    | "ww"
                    | "mdp"
            ) || before.whole.ends_with(':')
        })
    };
    let fits = |(at, word): &(usize, &Word<'_>)| {
        let is_digits =
            (4..=8).contains(&word.text.len()) && word.text.bytes().all(|byte| byte.is_ascii_digit());
        asked == Asked::Code && is_digits
            || is_password(word.text) && (is_dense(word.text) || is_told(*at) || words.len() <= 2)
            // `Zwiebel9003 alles klein!`
            || *at == 0 && words.len() <= 5 && is_grown(word.text)
            // `yes, moewe-sand-12`
            || words.len() <= 3 && *at + 1 == words.len() && is_opaque(word.text) && !word.text.contains(['.', ':', '/', '@'])
    };
    let found: Vec<_> = words.iter().enumerate().filter(fits).collect();
    let (first, word) = *found.first()?;
    let at = start + said + word.at;
    let is_digits = word.text.bytes().all(|byte| byte.is_ascii_digit());
    let is_sure = found.len() == 1 || first == 0 && is_digits || is_told(first) && is_grown(word.text);
    is_sure.then(|| Span::new(at..at + word.text.len(), "password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_one_word_that_looks_like_a_password() {
        let found =
            |line: &'static str| answered(Asked::Code, line, 0).map(|span| &line[span.start..span.end]);
        assert_eq!(found("bob: it's Sommer2023x"), Some("Sommer2023x"));
        assert_eq!(found("[14:05] tom: 7719 then #"), Some("7719"));
        assert_eq!(found("bob: no idea, ask eva2"), None);
    }
}
