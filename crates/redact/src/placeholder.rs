//! What stands where a secret was: `[[secret:NAME#TAG]]`.

use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const OPEN: &str = "[[secret:";
const CLOSE: &str = "]]";
const LONGEST_NAME: usize = 40;
/// Hex digits of a tag, and how many more when two values would get the same.
const TAG: usize = 6;
const LONGEST_TAG: usize = 64;
const LONGEST: usize = OPEN.len() + LONGEST_NAME + 1 + LONGEST_TAG + CLOSE.len();

/// The placeholders in a text, in order.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(OPEN) {
        let start = from + at;
        from = match length(&text[start..]) {
            Some(length) => {
                found.push(start..start + length);
                start + length
            }
            None => start + OPEN.len(),
        };
    }
    found
}

/// Whether a text begins with a placeholder, or what looks like the front of one.
pub(crate) fn begins(text: &str) -> bool {
    text.starts_with(OPEN)
}

/// Whether a text has a placeholder in it and something else.
pub(crate) fn is_part(text: &str) -> bool {
    is_in(text) && !is_all(text)
}

/// Whether a text is one placeholder and nothing else.
fn is_all(text: &str) -> bool {
    length(text) == Some(text.len())
}

/// Whether a text ends with a placeholder.
pub(crate) fn ends(text: &str) -> bool {
    let mut near = text.len().saturating_sub(LONGEST);
    while !text.is_char_boundary(near) {
        near += 1;
    }
    text.ends_with(CLOSE) && text[near..].rfind(OPEN).is_some_and(|at| is_all(&text[near + at..]))
}

/// Whether there is one in a text, or what looks like the front of one.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains(OPEN)
}

/// How long the placeholder is that `text` begins with.
fn length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix(OPEN)?;
    let name = crate::page::run(inner, is_name);
    let tag = inner[name..].strip_prefix('#')?;
    let digits = crate::page::run(tag, |byte| byte.is_ascii_hexdigit());
    let fits = (1..=LONGEST_NAME).contains(&name) && (4..=LONGEST_TAG).contains(&digits);
    (fits && tag[digits..].starts_with(CLOSE)).then_some(OPEN.len() + name + 1 + digits + CLOSE.len())
}

/// The placeholders that `value` may get under `name`, shortest tag first.
pub(crate) fn candidates(key: &[u8; 32], name: &str, value: &str) -> impl Iterator<Item = String> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    let digest = mac.chain_update(value.as_bytes()).finalize().into_bytes();
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    let digits: String = digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    let name = slug(name);
    (TAG..=LONGEST_TAG).map(move |length| format!("{OPEN}{name}#{}{CLOSE}", &digits[..length]))
}

/// A name as it may stand in a placeholder: short, lower case, no blanks.
fn slug(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|character| if is_name_char(character) { character.to_ascii_lowercase() } else { '_' })
        .take(LONGEST_NAME)
        .collect();
    let kept = kept.trim_matches(['_', '.', '-']);
    if kept.is_empty() { "value".to_owned() } else { kept.to_owned() }
}

fn is_name(byte: u8) -> bool {
    is_name_char(char::from(byte))
}

fn is_name_char(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_found_and_what_only_looks_like_it_is_not() {
        let made = candidates(&[7; 32], "DB Passwort (alt)", "x").next().unwrap();
        assert!(made.starts_with("[[secret:db_passwort__alt#"), "{made}");
        assert_eq!(find(&format!("a {made}{made}")).len(), 2);
        assert!(is_all(&made) && ends(&format!("é{made}")) && begins(&made));
        assert!(!is_all(&format!("{made}{made}")) && !ends(&format!("{made}]]")) && !ends("a[[b]]"));
        assert!(find("[[secret:#12345]] [[secret:a#12]] [[secret:a#12345] [[secret:").is_empty());
    }
}
