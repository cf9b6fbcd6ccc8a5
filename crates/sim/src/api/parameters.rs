//! Parameters are checked after permissions, all of them at once, in the real one's words.

use serde_json::{Map, Value};

use crate::answer::{Ask, Refusal};

/// What a parameter must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Integer,
    Boolean,
    /// One of these.
    Enum(&'static [&'static str]),
    /// `pve-configid` of at most that many characters: a name of a snapshot.
    Name(usize),
}

/// A parameter a method knows: its name, its type, whether it must be there.
pub(super) type Known = (&'static str, Type, bool);

/// Checks what was given against what a method knows.
pub(super) fn verify(ask: &Ask, known: &[Known]) -> Result<(), Refusal> {
    let mut errors = Map::new();
    for (name, value) in &ask.parameters {
        let wrong = match known.iter().find(|(known, ..)| known == name) {
            None => Some(
                "property is not defined in schema and the schema does not allow additional properties"
                    .into(),
            ),
            Some((_, of, _)) => breach(*of, value),
        };
        if let Some(wrong) = wrong {
            errors.insert(name.clone(), Value::String(wrong));
        }
    }
    for (name, _, must) in known {
        if *must && !ask.parameters.contains_key(*name) {
            errors.insert((*name).into(), "property is missing and it is not optional".into());
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Refusal { status: 400, reason: "Parameter verification failed.".into(), errors })
}

/// Whether a parameter is there and true.
pub(super) fn is_set(ask: &Ask, name: &str) -> bool {
    ask.parameters.get(name).is_some_and(|value| matches!(value.as_str(), "1" | "on" | "yes" | "true"))
}

/// A number, when it is there.
pub(super) fn number(ask: &Ask, name: &str) -> Option<usize> {
    ask.parameters.get(name)?.parse().ok()
}

fn breach(of: Type, value: &str) -> Option<String> {
    match of {
        Type::Text => None,
        Type::Integer => {
            value.parse::<i64>().is_err().then(|| format!("type check ('integer') failed - got '{value}'"))
        }
        Type::Boolean => {
            let fine = matches!(value, "0" | "1" | "on" | "off" | "yes" | "no" | "true" | "false");
            (!fine).then(|| format!("type check ('boolean') failed - got '{value}'"))
        }
        Type::Enum(of) => (!of.contains(&value))
            .then(|| format!("value '{value}' does not have a value in the enumeration '{}'", of.join(", "))),
        Type::Name(most) if value.len() > most => Some(format!("value may only be {most} characters long")),
        Type::Name(_) => {
            let mut letters = value.chars();
            let fine = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
                && value.len() > 1
                && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            (!fine).then(|| format!("invalid configuration ID '{value}'"))
        }
    }
}
