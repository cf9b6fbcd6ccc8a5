//! What may be shown to a model. Only the redactor makes these, so that nothing gets past it.

use std::borrow::Cow;

use serde_json::Value;

/// Text without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelText {
    text: String,
    redactions: u32,
}

impl ModelText {
    pub(crate) fn new(text: String, redactions: u32) -> Self {
        Self { text, redactions }
    }

    /// The text, placeholders where secrets were.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text for keeps.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }

    /// How many secrets were taken out.
    #[must_use]
    pub fn redactions(&self) -> u32 {
        self.redactions
    }
}

/// Structured output without secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelValue {
    value: Value,
    redactions: u32,
}

impl ModelValue {
    pub(crate) fn new(value: Value, redactions: u32) -> Self {
        Self { value, redactions }
    }

    /// The value, placeholders where secrets were.
    #[must_use]
    pub fn as_value(&self) -> &Value {
        &self.value
    }

    /// The same with each of its texts, names too, shown as that shows it: for making visible what is not. What it adds is not
    /// redacted.
    #[must_use]
    pub fn with_each_text(self, show: fn(&str) -> Cow<'_, str>) -> Self {
        Self { value: each_text(self.value, show), redactions: self.redactions }
    }

    /// The value for keeps.
    #[must_use]
    pub fn into_value(self) -> Value {
        self.value
    }

    /// How many secrets were taken out.
    #[must_use]
    pub fn redactions(&self) -> u32 {
        self.redactions
    }
}

fn each_text(value: Value, show: fn(&str) -> Cow<'_, str>) -> Value {
    match value {
        Value::String(text) => match show(&text) {
            Cow::Borrowed(_) => Value::String(text),
            Cow::Owned(shown) => Value::String(shown),
        },
        Value::Array(list) => list.into_iter().map(|one| each_text(one, show)).collect(),
        Value::Object(map) => {
            map.into_iter().map(|(name, one)| (show(&name).into_owned(), each_text(one, show))).collect()
        }
        other => other,
    }
}
