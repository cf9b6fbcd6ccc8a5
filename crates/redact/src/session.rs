//! What one conversation knows: its secrets, and which placeholder stands for which.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use thiserror::Error;

use crate::key::harmless::is_stand_in;
use crate::known::{Known, SHORTEST};
use crate::placeholder;

/// Most values that are remembered; the oldest found ones give way, those that were told stay.
const MOST: usize = 8_192;
/// Most bytes of values that are remembered.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Longer values are put back, but not searched for elsewhere.
const LONGEST_SEARCHED: usize = 1_024;

/// A placeholder stands in a text that this session never made, so that nothing can be put in its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0} stands for nothing that was shown in this session: read the file again and use the placeholders of that answer"
)]
pub struct UnknownPlaceholder(
    /// The placeholder, as it stands in the text.
    pub String,
);

/// The secrets of one conversation. The same value gets the same placeholder for as long as the session lives, so that a
/// model can compare and move values that it never sees.
pub struct Session {
    key: [u8; 32],
    placeholders: BTreeMap<String, String>,
    values: BTreeMap<String, String>,
    /// In the order they were found.
    found: VecDeque<String>,
    bytes: usize,
    told: Vec<(String, String)>,
    known: Known,
}

impl Session {
    /// A session that knows nothing. `key` is chance, from outside: it keeps tags from being guessed.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            placeholders: BTreeMap::new(),
            values: BTreeMap::new(),
            found: VecDeque::new(),
            bytes: 0,
            told: Vec::new(),
            known: Known::default(),
        }
    }

    /// Registers a secret under a name, so that it is found wherever it turns up, in any encoding. Shorter ones than
    /// six bytes are not searched for: they would be found everywhere.
    pub fn know(&mut self, name: &str, secret: &str) {
        if secret.len() >= SHORTEST && !self.told.iter().any(|(_, told)| told == secret) {
            self.told.push((name.to_owned(), secret.to_owned()));
            self.known.add(name, secret);
        }
    }

    /// How many values have a placeholder.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no value has a placeholder yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Puts the true values where their placeholders stand. A text without any comes back as it is.
    ///
    /// # Errors
    /// A placeholder that this session did not make; nothing is put back then.
    pub fn restore<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, UnknownPlaceholder> {
        let places = placeholder::find(text);
        if places.is_empty() {
            return Ok(Cow::Borrowed(text));
        }
        let mut restored = String::with_capacity(text.len());
        let mut from = 0;
        for place in places {
            let said = &text[place.clone()];
            let value = self.values.get(said).ok_or_else(|| UnknownPlaceholder(said.to_owned()))?;
            restored.push_str(&text[from..place.start]);
            restored.push_str(value);
            from = place.end;
        }
        restored.push_str(&text[from..]);
        Ok(Cow::Owned(restored))
    }

    /// The placeholder of a value; it keeps the name under which it was met first.
    pub(crate) fn placeholder(&mut self, name: &str, value: &str) -> String {
        if let Some(placeholder) = self.placeholders.get(value) {
            return placeholder.clone();
        }
        if self.found.len() >= MOST || self.bytes > MOST_BYTES {
            self.forget_oldest();
        }
        let free = placeholder::candidates(&self.key, name, value)
            .find(|candidate| !self.values.contains_key(candidate));
        let placeholder = free.expect("two values do not share all 64 digits of a tag");
        self.placeholders.insert(value.to_owned(), placeholder.clone());
        self.values.insert(placeholder.clone(), value.to_owned());
        self.found.push_back(value.to_owned());
        self.bytes += value.len();
        self.search(name, value);
        placeholder
    }

    /// Searches for a value elsewhere too, that has no placeholder of its own until it is found so.
    pub(crate) fn search(&mut self, name: &str, value: &str) {
        if is_searchable(value) {
            self.known.add(name, value);
        }
    }

    /// Where known secrets stand.
    pub(crate) fn known_in(&self, text: &str) -> Vec<crate::span::Span> {
        self.known.find(text)
    }

    fn forget_oldest(&mut self) {
        for value in self.found.drain(..self.found.len().div_ceil(2)) {
            self.bytes -= value.len();
            if let Some(placeholder) = self.placeholders.remove(&value) {
                self.values.remove(&placeholder);
            }
        }
        self.known.clear();
        for (name, secret) in &self.told {
            self.known.add(name, secret);
        }
        for value in self.found.iter().filter(|value| is_searchable(value)) {
            self.known.add("secret", value);
        }
    }
}

/// Whether a value that was found once can be looked for elsewhere without finding ordinary words.
fn is_searchable(value: &str) -> bool {
    let has = |class: fn(&u8) -> bool| value.bytes().any(|byte| class(&byte));
    let kinds = usize::from(has(u8::is_ascii_lowercase))
        + usize::from(has(u8::is_ascii_uppercase))
        + usize::from(has(u8::is_ascii_digit))
        + usize::from(has(u8::is_ascii_punctuation));
    let is_distinct =
        kinds >= 2 && has(u8::is_ascii_digit) || kinds >= 3 || value.len() >= 12 && !value.contains(' ');
    (SHORTEST..=LONGEST_SEARCHED).contains(&value.len()) && is_distinct && !is_stand_in(value)
}
