//! Finds secrets that are known already, wherever they stand and however they were encoded.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, DefaultHasher};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::span::Span;

/// Shorter ones would be found everywhere.
pub(crate) const SHORTEST: usize = 6;
/// So many bits of the filter for each form, so that few places of a text have to be looked up.
const BITS: usize = 64;

/// So many lengths are looked up for one ending; forms beyond them are not searched for.
const MOST_LENGTHS: usize = 32;

/// No chance in it: the keys are looked up, never walked in an order that shows.
type Hasher = BuildHasherDefault<DefaultHasher>;

/// A form of a secret that is searched for.
struct Form {
    text: String,
    name: String,
    /// Whether letters right beside it mean that it is something else.
    is_word: bool,
}

/// The search for known secrets. A conversation learns them one by one, so it must cost little to add one: forms are looked up
/// by their last six bytes, behind a filter that most places do not pass, and then whole, in each length that ends so. (An
/// automaton would have to be built anew each time.)
#[derive(Default)]
pub(crate) struct Known {
    forms: HashMap<Vec<u8>, Form, Hasher>,
    lengths: HashMap<u64, Vec<usize>, Hasher>,
    filter: Vec<u64>,
    seen: HashSet<String, Hasher>,
}

impl Known {
    /// Adds a secret; one that is known already changes nothing.
    pub(crate) fn add(&mut self, name: &str, secret: &str) {
        if secret.len() < SHORTEST || !self.seen.insert(secret.to_owned()) {
            return;
        }
        for form in forms(name, secret) {
            self.index(form);
        }
    }

    fn index(&mut self, form: Form) {
        let end = form.text.bytes().fold(0, shift);
        let lengths = self.lengths.entry(end).or_default();
        if !lengths.contains(&form.text.len()) && lengths.len() < MOST_LENGTHS {
            lengths.push(form.text.len());
        }
        self.forms.entry(form.text.clone().into_bytes()).or_insert(form);
        if self.lengths.len() * BITS > self.filter.len() * 64 {
            self.filter = vec![0; (self.lengths.len() * BITS / 16).next_power_of_two()];
            for end in self.lengths.keys() {
                let (word, bit) = place(*end, self.filter.len());
                self.filter[word] |= bit;
            }
        } else {
            let (word, bit) = place(end, self.filter.len());
            self.filter[word] |= bit;
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Where known secrets stand in `text`, in order of their ends, and perhaps overlapping.
    pub(crate) fn find(&self, text: &str) -> Vec<Span> {
        let mut found = Vec::new();
        if self.forms.is_empty() {
            return found;
        }
        let mut window = 0;
        for (at, byte) in text.bytes().enumerate() {
            window = shift(window, byte);
            let (word, bit) = place(window, self.filter.len());
            if self.filter[word] & bit != 0 {
                self.ending_at(text, at + 1, window, &mut found);
            }
        }
        found
    }

    fn ending_at(&self, text: &str, end: usize, window: u64, found: &mut Vec<Span>) {
        for length in self.lengths.get(&window).into_iter().flatten() {
            let Some(start) = end.checked_sub(*length) else { continue };
            let Some(form) = self.forms.get(&text.as_bytes()[start..end]) else { continue };
            if !form.is_word || is_bounded(text, start, end) {
                found.push(Span::new(start..end, &form.name));
            }
        }
    }
}

/// The last six bytes, one further.
fn shift(window: u64, byte: u8) -> u64 {
    (window << 8 | u64::from(byte)) & 0xffff_ffff_ffff
}

/// Where in a filter of so many words (a power of two) a window has its bit.
fn place(window: u64, words: usize) -> (usize, u64) {
    let mixed = window.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (((mixed >> 40) as usize) & (words - 1), 1 << (mixed >> 34 & 63))
}

/// Whether no letter or digit goes on where the secret begins or ends with one.
fn is_bounded(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let inside = &text[start..end];
    let before = is_letter(text[..start].chars().next_back()) && is_letter(inside.chars().next());
    let after = is_letter(text[end..].chars().next()) && is_letter(inside.chars().next_back());
    !before && !after
}

/// A secret in every form that it may be met in.
fn forms(name: &str, secret: &str) -> Vec<Form> {
    let mut forms = vec![Form { text: secret.to_owned(), name: name.to_owned(), is_word: true }];
    let mut add = |text: String, is_word: bool| {
        if text.len() >= SHORTEST && text != secret && forms.iter().all(|form| form.text != text) {
            forms.push(Form { text, name: name.to_owned(), is_word });
        }
    };
    add(json_escaped(secret), true);
    add(secret.replace('\'', "'\\''"), true);
    add(secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"), true);
    add(percent_encoded(secret, false), true);
    add(percent_encoded(secret, true), true);
    add(STANDARD.encode(secret), true);
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    let hex: String = secret.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    add(hex.to_ascii_uppercase(), true);
    add(hex, true);
    if secret.len() >= 8 {
        for offset in 0..3 {
            add(base64_inside(secret, offset, false), false);
            add(base64_inside(secret, offset, true), false);
        }
    }
    forms
}

/// What of the base64 of a longer text, in which the secret begins after so many bytes modulo three, depends on the secret alone.
fn base64_inside(secret: &str, offset: usize, is_url: bool) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = if is_url { URL_SAFE_NO_PAD.encode(&bytes) } else { STANDARD_NO_PAD.encode(&bytes) };
    let front = (offset * 8).div_ceil(6);
    let back = usize::from(!bytes.len().is_multiple_of(3));
    encoded.get(front..encoded.len() - back).unwrap_or_default().to_owned()
}

fn json_escaped(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn percent_encoded(secret: &str, is_lower: bool) -> String {
    let mut encoded = String::new();
    for byte in secret.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') => {
                encoded.push(char::from(byte));
            }
            byte if is_lower => encoded.push_str(&format!("%{byte:02x}")),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
