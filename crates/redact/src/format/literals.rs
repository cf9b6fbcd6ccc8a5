//! Strings of programs that look like a password that somebody chose, whatever they are handed to: `open("nas", "eva", "…")`.

use std::ops::Range;

use super::persons::{
    glued_login, is_directory_name, is_given, is_grown, is_handmade, is_host, is_known_user, is_password,
    is_user,
};
use crate::key::judge::is_marked;

/// Longer lines are data.
const LONGEST: usize = 400;

/// The strings of a line that are passwords.
pub(super) fn passwords(line: &str) -> Vec<Range<usize>> {
    if line.len() > LONGEST {
        return Vec::new();
    }
    let strings = strings(line);
    let mut found = Vec::new();
    for (at, string) in strings.iter().enumerate() {
        let said = &line[string.clone()];
        let is_after_user = at > 0
            && is_known_user(&line[strings[at - 1].clone()])
            && is_beside(line, &strings[at - 1], string);
        // `bind(server, "cn=admin,dc=lan", "x")`, `open("nas.lan", "eva", "x")`
        let before = |back: usize| at.checked_sub(back).map_or("", |at| &line[strings[at].clone()]);
        let is_close = at > 0 && is_beside(line, &strings[at - 1], string);
        let is_bound = is_close && is_directory_name(before(1));
        let is_third = is_close
            && at > 1
            && is_beside(line, &strings[at - 2], &strings[at - 1])
            && is_place(before(2))
            && is_user(before(1));
        if is_bound && is_given(said)
            || is_third && is_grown(said)
            || is_unmistakable(said)
            || is_after_user && (is_grown(said) || is_password(said) && is_handmade(said))
        {
            found.push(string.clone());
        } else if let Some(inner) = glued_login(said).filter(|inner| is_unmistakable(&said[inner.clone()])) {
            found.push(string.start + inner.start..string.start + inner.end);
        }
    }
    found
}

/// An address, or the name of a machine.
fn is_place(said: &str) -> bool {
    said.contains("://") || said == "localhost" || said.contains('.') && is_host(said)
}

/// Nothing but a comma between two strings.
fn is_beside(line: &str, one: &Range<usize>, other: &Range<usize>) -> bool {
    line[one.end + 1..other.start - 1].bytes().all(|byte| matches!(byte, b',' | b' '))
}

/// What stands between quotation marks of one kind.
fn strings(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes[at], b'"' | b'\'') {
            let Some(length) = bytes[at + 1..].iter().position(|byte| *byte == bytes[at]) else { break };
            found.push(at + 1..at + 1 + length);
            at += length + 1;
        }
        at += 1;
    }
    found
}

/// Letters, a digit, and between them a mark that neither patterns, formats, addresses nor sentences have there.
fn is_unmistakable(said: &str) -> bool {
    let letters = said.bytes().filter(u8::is_ascii_alphabetic).count();
    let has_inner = said.as_bytes().windows(3).any(|three| {
        matches!(three[1], b'!' | b'^' | b'~')
            && three[0].is_ascii_alphanumeric()
            && three[2].is_ascii_alphanumeric()
    });
    letters >= 4
        && has_inner
        && is_marked(said)
        && is_password(said)
        && !said.contains(['@', ':', ',', '+', ';'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<&str> {
        passwords(line).into_iter().map(|range| &line[range]).collect()
    }

    #[test]
    fn whatever_it_is_handed_to_a_password_shows() {
        assert_eq!(found("open('nas.lan', 'eva', 'Wolke!17x', true)"), ["Wolke!17x"]);
        assert_eq!(found("Driver(\"10.0.0.7\", \"admin\", \"Sommer_2024\")"), ["Sommer_2024"]);
        assert_eq!(found("opt(USERPWD, \"eva:Wolke!17x\");"), ["Wolke!17x"]);
    }

    #[test]
    fn other_strings_stay() {
        for line in [
            "open('root@pam!ci2', \"a != b1\", 'style-loader!css-loader')",
            "print('done!', \"100%d2\", \"page#part22\")",
            "role(\"admin\", \"editor2\")",
        ] {
            assert_eq!(found(line), Vec::<&str>::new(), "{line}");
        }
    }
}
