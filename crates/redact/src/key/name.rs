//! A name that holds secrets, where it stands.

use super::lexicon::{Certainty, classify};
use crate::page::{Page, Parts, run_back};
use crate::placeholder;

/// Longest name of a key.
const LONGEST_NAME: usize = 64;

/// A name that holds secrets, where it stands.
pub(crate) struct Key<'t> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) name: &'t str,
    pub(crate) certainty: Certainty,
}

/// The key around the word at `hit`, if it is one.
pub(crate) fn key_at<'t>(page: &Page<'t>, hit: usize, extra: &[String]) -> Option<Key<'t>> {
    let back = extent_back(&page.text[..hit]);
    let right = extent(&page.text[hit..]);
    if back >= LONGEST_NAME || right >= LONGEST_NAME {
        return None;
    }
    let (mut start, mut end) = (hit - back, hit + right);
    if page.byte_before(start) == Some(b'\\')
        && start < hit
        && matches!(page.byte(start), Some(b'n' | b't' | b'r'))
    {
        start += 1;
    }
    while start < hit && matches!(page.byte(start), Some(b'-' | b'.')) {
        start += 1;
    }
    // `-Dname=value` of Java.
    if page.byte(start) == Some(b'D')
        && page.text[..start].ends_with(" -")
        && page.byte(start + 1).is_some_and(|next| next.is_ascii_alphabetic())
    {
        start += 1;
    }
    while end > hit + 1 && matches!(page.byte(end - 1), Some(b'-' | b'.')) {
        end -= 1;
    }
    let name = &page.text[start..end];
    // The rest of a word whose front was taken out.
    if placeholder::ends(&page.text[..start]) {
        return None;
    }
    // Who logs in with an address may be called so: that is read with the address.
    if page.text[..start].ends_with("://") && page.byte(end) == Some(b':') {
        return None;
    }
    // A test that passed.
    if name == "PASS" && is_test(page.rest(end)) {
        return None;
    }
    // What proves where something comes from may be seen, unless it opens an address.
    if ["signature", "sig"].iter().any(|sign| name.eq_ignore_ascii_case(sign))
        && !page.text[..start].ends_with(['?', '&'])
    {
        return None;
    }
    // Names of blocks, which are read as such, and of files.
    const FILES: &[&str] = &[
        ".yml", ".yaml", ".json", ".txt", ".conf", ".env", ".py", ".js", ".ts", ".go", ".rs", ".md", ".log",
        ".ini", ".toml", ".xml", ".cfg", ".sh", ".pem", ".crt", ".php",
    ];
    let is_file = name.rfind('.').is_some_and(|end| FILES.contains(&&name[end..]));
    if matches!(name, "auth-user-pass" | "BORG_KEY") || is_file {
        return None;
    }
    static PINNED: Parts = Parts::new(&["pin_sha", "pin-sha"]);
    let lower = name.to_ascii_lowercase();
    // Keepers of passwords, and the key with which git signs.
    if PINNED.are_in(&lower)
        || lower == "user.signingkey"
        || lower.ends_with("account_sid")
        || lower.ends_with("accountsid")
        || lower.starts_with("keepass")
        || lower.starts_with("lastpass")
    {
        return None;
    }
    // `option key 'x'` of OpenWrt, which has nothing else of that name.
    let is_option =
        lower == "key" && page.text[..start].ends_with("option ") && page.rest(end).starts_with(" '");
    // `the guest wifi uses the key x`
    let is_wireless = matches!(lower.as_str(), "key" | "schlüssel" | "clave" | "clé" | "sleutel" | "chiave")
        && {
            let lead = page.before(start).to_ascii_lowercase();
            lead.len() < 200
                && !placeholder::is_in(&lead)
                && ["wifi", "wi-fi", "wlan", "ssid", "sticker"].iter().any(|word| lead.contains(word))
        };
    // All that an agent asks for.
    let is_snmp = lower.ends_with("community") && page.before(start).to_ascii_lowercase().contains("snmp");
    let certainty =
        if is_option || is_wireless || is_snmp || extra.iter().any(|key| lower.contains(key.as_str())) {
            Certainty::Strong
        } else {
            classify(name, word_before(page, start).as_deref())?
        };
    Some(Key { start, end, name, certainty })
}

/// How far a name goes on from here: letters, also those of other alphabets, digits and what joins them.
fn extent(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &text.as_bytes()[length..];
        length += rest.iter().take(LONGEST_NAME).take_while(|byte| is_part(**byte)).count();
        match text[length..].chars().next() {
            Some(letter) if is_foreign(letter) && length < LONGEST_NAME => length += letter.len_utf8(),
            _ => return length,
        }
    }
}

/// As [`extent`], from the back.
fn extent_back(text: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &text[..text.len() - length];
        length += rest.bytes().rev().take(LONGEST_NAME).take_while(|byte| is_part(*byte)).count();
        match text[..text.len() - length].chars().next_back() {
            Some(letter) if is_foreign(letter) && length < LONGEST_NAME => length += letter.len_utf8(),
            _ => return length,
        }
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// A letter of Latin, Greek or Cyrillic beyond ASCII.
fn is_foreign(letter: char) -> bool {
    !letter.is_ascii() && letter < '\u{530}' && letter.is_alphabetic()
}

/// `: test_login`, `: TestLogin (0.01s)`, after PASS.
fn is_test(rest: &str) -> bool {
    rest.strip_prefix(": ").is_some_and(|test| {
        test.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("test")) || test.contains("::")
    })
}

/// The word before a name in running text: `api` of `API key`.
fn word_before(page: &Page<'_>, start: usize) -> Option<String> {
    let before = &page.text[page.text[..start].char_indices().rev().nth(24).map_or(0, |(at, _)| at)..start];
    // `Jwt:Key` of settings with sections
    let before = before.strip_suffix([' ', ':'])?;
    let length = run_back(before, |byte| byte.is_ascii_alphanumeric());
    (length > 0).then(|| {
        before[before.len() - length..]
            .trim_end_matches(|last: char| last.is_ascii_digit())
            .to_ascii_lowercase()
    })
}
