//! Some fields out of the JSON of an item, without making anything of the others.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// These fields of an object.
///
/// # Errors
/// When that is no object in JSON.
pub(crate) fn part_of(text: &str, fields: &[&str]) -> serde_json::Result<Map<String, Value>> {
    let mut json = serde_json::Deserializer::from_str(text);
    let part = json.deserialize_map(Part(fields))?;
    json.end()?;
    Ok(part)
}

struct Part<'a>(&'a [&'a str]);

impl<'de> Visitor<'de> for Part<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut part = Map::new();
        while let Some(wanted) = object.next_key_seed(Wanted(self.0))? {
            match wanted {
                Some(name) => drop(part.insert(name.to_owned(), object.next_value()?)),
                None => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(part)
    }
}

/// A name, when it is one of those.
struct Wanted<'a>(&'a [&'a str]);

impl<'de, 'a> DeserializeSeed<'de> for Wanted<'a> {
    type Value = Option<&'a str>;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Wanted<'a> {
    type Value = Option<&'a str>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|wanted| **wanted == name).copied())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_asked_for_is_as_it_would_be_in_the_whole() {
        let text = json!({"a": [1, {"b": "x"}], "b\"c": null, "d": 1.5, "e": {"a": 2}}).to_string();
        let whole: Map<String, Value> = serde_json::from_str(&text).unwrap();
        for fields in [&[][..], &["a"], &["b\"c", "d", "none"], &["a", "b\"c", "d", "e", "a"]] {
            let mut wanted = whole.clone();
            wanted.retain(|name, _| fields.contains(&name.as_str()));
            assert_eq!(part_of(&text, fields).unwrap(), wanted);
        }
        for damaged in ["", "[]", "{\"a\": }", "{} {}", "null"] {
            assert!(part_of(damaged, &["a"]).is_err(), "{damaged}");
        }
    }
}
