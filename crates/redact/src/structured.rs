//! Structured output: the keys say what their values are.

use serde_json::{Map, Value};

use crate::core_of::core_of;
use crate::key::judge::{Standing, is_secret};
use crate::key::lexicon::Certainty;
use crate::model::ModelValue;
use crate::redactor::Redactor;
use crate::session::Session;

/// Nests deeper than anything that an operation answers; what lies below is left out.
const DEEPEST: usize = 64;

impl Redactor {
    /// Takes the secrets out of structured output: the keys say what their values are, strings are read like any text. Keys
    /// and structure stay; a number that is secret becomes a placeholder, and so a string. An object that names a file in `resolved` or
    /// `path` is about that file; `path` is for what names none.
    #[must_use]
    pub fn json(&self, session: &mut Session, value: Value, path: Option<&str>) -> ModelValue {
        let path = path.map(str::to_owned);
        let mut walk = Walk { redactor: self, session, path, redactions: 0 };
        let value = walk.value(value, None, 0);
        ModelValue::new(value, walk.redactions)
    }
}

struct Walk<'a> {
    redactor: &'a Redactor,
    session: &'a mut Session,
    path: Option<String>,
    redactions: u32,
}

impl Walk<'_> {
    fn value(&mut self, value: Value, key: Option<(&str, Certainty)>, depth: usize) -> Value {
        match value {
            Value::String(text) => self.string(&text, key),
            Value::Number(number) => match key {
                Some((name, certainty))
                    if certainty >= Certainty::Medium
                        && is_secret(certainty, &number.to_string(), Standing::Quoted) =>
                {
                    self.redactions += 1;
                    Value::String(self.session.placeholder(name, &number.to_string()))
                }
                _ => Value::Number(number),
            },
            Value::Array(_) | Value::Object(_) if depth >= DEEPEST => Value::Null,
            Value::Array(items) => {
                let key = key.map(|(name, certainty)| (name, certainty.min(Certainty::Medium)));
                Value::Array(items.into_iter().map(|item| self.value(item, key, depth + 1)).collect())
            }
            Value::Object(object) => Value::Object(self.object(object, depth)),
            other => other,
        }
    }

    fn object(&mut self, object: Map<String, Value>, depth: usize) -> Map<String, Value> {
        let file = ["resolved", "path"].iter().find_map(|key| object.get(*key)?.as_str()).map(str::to_owned);
        let Some(file) = file else { return self.entries(object, depth) };
        let around = self.path.replace(file);
        let shown = self.entries(object, depth);
        self.path = around;
        shown
    }

    fn entries(&mut self, object: Map<String, Value>, depth: usize) -> Map<String, Value> {
        // {"name": "DB_PASSWORD", "value": "…"}
        let named = ["name", "key", "Name", "Key"]
            .iter()
            .find_map(|key| object.get(*key)?.as_str())
            .map(str::to_owned);
        let is_new_token = ["full-tokenid", "tokenid"].iter().any(|id| object.contains_key(*id));
        let is_manifest = object.get("kind").and_then(Value::as_str) == Some("Secret");
        let entries = object.into_iter().map(|(key, value)| {
            let name = match (&named, key.as_str()) {
                (Some(named), "value" | "Value") => named.as_str(),
                _ => key.as_str(),
            };
            let certainty = self
                .redactor
                .field(name)
                .or(Some(Certainty::Medium).filter(|_| is_new_token && key == "value"));
            let value = match value {
                Value::Object(data) if is_manifest && matches!(key.as_str(), "data" | "stringData") => {
                    self.manifest(data)
                }
                value => self.value(value, certainty.map(|certainty| (name, certainty)), depth + 1),
            };
            (key, value)
        });
        entries.collect()
    }

    fn manifest(&mut self, data: Map<String, Value>) -> Value {
        let entries = data.into_iter().map(|(key, value)| match value {
            Value::String(text) if text.len() >= 3 && !crate::format::kube::is_harmless(&key) => {
                self.redactions += 1;
                let placeholder = self.session.placeholder(&key, &text);
                (key, Value::String(placeholder))
            }
            value => (key, value),
        });
        Value::Object(entries.collect())
    }

    fn string(&mut self, text: &str, key: Option<(&str, Certainty)>) -> Value {
        let core = core_of(text).filter(|_| text.len() < 64 * 1024);
        if let (Some((name, certainty)), Some(core)) = (key, core)
            && is_secret(certainty, text, Standing::Quoted)
            && !text.contains("-----BEGIN")
        {
            self.redactions += 1;
            let placeholder = self.session.placeholder(name, &text[core.clone()]);
            return Value::String(format!("{}{placeholder}{}", &text[..core.start], &text[core.end..]));
        }
        let shown = self.redactor.text(self.session, text, self.path.as_deref());
        self.redactions += shown.redactions();
        Value::String(shown.into_string())
    }
}
