//! The shapes in which a value is written that is neither a word nor a string: lists, pairs, calls, fallbacks, several words.

use std::ops::Range;

use super::harmless::{has_digit, is_prose, is_reference, is_stand_in, is_state};
use super::judge::{Standing, is_dense, is_random};
use super::lexicon::Certainty;
use super::name::Key;
use super::quoted::{self, mark};
use super::surroundings::{is_first, is_series};
use super::verdict::judged;
use crate::page::{Page, offset, run};

/// `USER, PW = "eva", "x"`: the value in the place of the name.
pub(super) fn paired(page: &Page<'_>, lead: &str, at: usize) -> Option<Range<usize>> {
    let names = lead.trim_start();
    let is_list = names.ends_with(", ")
        && names.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b',' | b' '));
    if !is_list || mark(page.rest(at)).is_none() {
        return None;
    }
    let mut at = at;
    for _ in 0..names.matches(',').count() {
        let end = quoted::read(page, at)?.end;
        at = end + run(page.rest(end), |byte| matches!(byte, b' ' | b','));
        mark(page.rest(at))?;
    }
    Some(quoted::read(page, at)?.inner)
}

/// `${NAME:-x}`: what is taken when the variable is not set.
pub(super) fn fallback(page: &Page<'_>, key: &Key<'_>, at: usize) -> Option<Range<usize>> {
    let rest = page.rest(at);
    let inner = rest.trim_start_matches(['"', '\'']).strip_prefix("${")?;
    let sign = inner.find(":-")? + 2;
    let end = inner.find('}').filter(|end| *end > sign)?;
    let start = at + rest.len() - inner.len() + sign;
    judged(page, key.certainty.min(Certainty::Medium), start..start + end - sign, Standing::Quoted)
}

/// `("x" "y")`, as bash writes lists.
pub(super) fn array(page: &Page<'_>, key: &Key<'_>, at: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = at + 1;
    while found.len() < 64 {
        let rest = page.rest(from);
        let start = from + run(rest, |byte| matches!(byte, b' ' | b','));
        let Some(item) = mark(page.rest(start)).and_then(|_| quoted::read(page, start)) else { break };
        found.extend(judged(page, key.certainty.min(Certainty::Medium), item.inner, Standing::Quoted));
        from = item.end;
    }
    found
}

/// `bytes.fromhex("x")`, `Buffer.from("x", "base64")`: a call that makes the secret of a text, not one that fetches it by its name.
pub(super) fn wrapped(page: &Page<'_>, key: &Key<'_>, at: usize) -> Option<Range<usize>> {
    let rest = page.rest(at);
    let name = run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'));
    let opens = name > 1 && rest[name..].starts_with('(') && mark(&rest[name + 1..]).is_some();
    if !opens {
        return None;
    }
    let quoted = quoted::read(page, at + name + 1)?;
    let said = &page.text[quoted.inner.clone()];
    let is_hex = said.len() >= 32 && said.bytes().all(|byte| byte.is_ascii_hexdigit());
    // `crypt('x', …)`, `generate_password_hash("x")`: what it makes a hash of.
    let low = rest[..name].to_ascii_lowercase();
    let is_hashing = key.certainty == Certainty::Strong
        && [
            "crypt",
            "hash",
            "md5",
            "sha1",
            "sha2",
            "sha256",
            "password",
            "encrypt",
            "digest",
            "base64encode",
            "b64encode",
        ]
        .iter()
        .any(|verb| low.ends_with(verb));
    let is_chosen =
        is_hashing && said.len() >= 4 && !is_stand_in(said) && !is_state(said) && !said.contains(' ');
    (quoted.is_closed && (is_chosen || is_hex || is_dense(said) && is_random(said)) && !is_reference(said))
        .then_some(quoted.inner)
}

/// `abcd efgh ijkl mnop`, `JBSW Y3DP EHPK 3PXP`, `4839 2017 5566 1120`: groups of one length and one kind, with a blank between;
/// how long they are together.
pub(super) fn grouped(rest: &str) -> Option<usize> {
    let size = run(rest, |byte| byte.is_ascii_alphanumeric());
    if !(4..=6).contains(&size) {
        return None;
    }
    let is_kind = |kind: fn(&u8) -> bool| {
        let groups = rest.split(' ').take_while(|group| {
            group.trim_end_matches([',', '.', ';', ')', '"', '\'']).len() == size
                && group.as_bytes()[..size].iter().all(kind)
        });
        groups.count()
    };
    let is_base32 = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let digits = is_kind(u8::is_ascii_digit);
    let capitals = is_kind(is_base32);
    let small = is_kind(u8::is_ascii_lowercase);
    // A group may have a mark behind it, so where the last one ends is not told by how many there are.
    let end = |count: usize| Some(offset(rest.split(' ').nth(count - 1)?, rest) + size);
    let count = if digits >= 4 {
        digits
    } else if capitals >= 3 && end(capitals).is_some_and(|end| has_digit(&rest[..end])) {
        capitals
    } else if size == 4 && small == 4 {
        small
    } else {
        return None;
    };
    end(count)
}

/// `backup codes for the bank: 11002598, 49732717. Use each once.`, `passphrase of the disk: otter kayak mustard violin`: several words
/// in the middle of a sentence, where a whole line is not theirs.
pub(super) fn series(page: &Page<'_>, key: &Key<'_>, lead: &str, at: usize) -> Option<Vec<Range<usize>>> {
    let rest = page.rest(at);
    let name = key.name.to_ascii_lowercase();
    // `code: 771 204`
    let is_digits = |range: Range<usize>| {
        rest.get(range).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_split = name.ends_with("code") && is_digits(0..3) && rest[3..].starts_with(' ') && is_digits(4..7);
    if is_split && !rest[7..].starts_with(|next: char| next.is_alphanumeric()) {
        return Some(std::iter::once(at..at + 7).collect());
    }
    // The words of a wallet.
    let is_seed = ["seed", "phrase", "mnemonic"].iter().any(|end| name.ends_with(end));
    let is_wordlist = |words: &str| {
        let words = words.trim_end();
        (11..=25).contains(&(words.matches(' ').count() + 1))
            && words.split(' ').all(|word| {
                (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
            })
    };
    if is_seed && is_wordlist(rest) {
        return Some(std::iter::once(at..at + rest.trim_end().len()).collect());
    }
    if let Some(length) = grouped(rest) {
        return Some(std::iter::once(at..at + length).collect());
    }
    if is_first(lead) || lead.contains(['{', '"', '=']) {
        return None;
    }
    if name.ends_with("phrase") {
        let words = rest.split(' ');
        let is_word = |word: &&str| {
            (1..=10).contains(&word.len())
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let many = words.clone().take_while(is_word).count();
        let length = rest.split(' ').take(many).map(|word| word.len() + 1).sum::<usize>();
        let fits = many >= 4 && length > rest.len() && !is_prose(rest);
        return fits.then(|| std::iter::once(at..at + rest.len()).collect());
    }
    if !is_series(key.name) {
        return None;
    }
    let mut found = Vec::new();
    let mut from = 0;
    for word in rest.split([' ', ',']) {
        let bare = word.trim_end_matches(['.', ';']);
        let is_code = bare.len() >= 6
            && has_digit(bare)
            && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_code {
            found.push(at + from..at + from + bare.len());
        } else if !bare.is_empty() {
            break;
        }
        from += word.len() + 1;
    }
    (found.len() >= 2).then_some(found)
}
