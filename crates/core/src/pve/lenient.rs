//! Reading fields of answers in whatever form Proxmox sends them: numbers as text, flags as 0 and 1, `null` for absent.
//!
//! *Invariant:* none of these fails. What cannot be read is `None`, as if it had not been sent: an odd value in one field must not
//! hide the rest of an answer.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A whole number that is not negative: bytes, seconds, counts. `-1`, which stands for *none* here and there, is `None`.
pub(super) fn whole<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u64>, D::Error> {
    Ok(as_whole(&Value::deserialize(input)?))
}

/// A point in time: seconds since 1970.
pub(super) fn seconds<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
    Ok(as_whole(&Value::deserialize(input)?).and_then(|seconds| i64::try_from(seconds).ok()))
}

/// Any number.
pub(super) fn number<'de, D: Deserializer<'de>>(input: D) -> Result<Option<f64>, D::Error> {
    Ok(as_number(&Value::deserialize(input)?))
}

/// A text; a number or a flag in its JSON form. Empty is `None`.
pub(super) fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(as_text(&Value::deserialize(input)?).filter(|text| !text.is_empty()))
}

/// Yes or no.
pub(super) fn flag<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    Ok(as_flag(&Value::deserialize(input)?))
}

/// Anything that is parsed from a text; `None` when it is none.
pub(super) fn parsed<'de, D: Deserializer<'de>, T: FromStr>(input: D) -> Result<Option<T>, D::Error> {
    Ok(as_text(&Value::deserialize(input)?).and_then(|text| text.parse().ok()))
}

/// Words in one text, divided by commas, semicolons or white space; or a list of texts.
pub(super) fn words<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::String(text) => split_words(&text),
        Value::Array(items) => items.iter().filter_map(as_text).collect(),
        _ => Vec::new(),
    })
}

/// A list of numbers.
pub(super) fn numbers<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<f64>, D::Error> {
    let value = Value::deserialize(input)?;
    Ok(value.as_array().into_iter().flatten().filter_map(as_number).collect())
}

/// A text that may be empty.
pub(super) fn line<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    Ok(as_text(&Value::deserialize(input)?).unwrap_or_default())
}

/// A part with fields of its own; as if nothing had been sent when it has another form.
pub(super) fn part<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    input: D,
) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(input)?).unwrap_or_default())
}

/// See [`words`].
pub(super) fn split_words(text: &str) -> Vec<String> {
    let words = text.split(|character: char| matches!(character, ',' | ';') || character.is_whitespace());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// See [`whole`].
pub(super) fn as_whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| rounded(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok().or_else(|| rounded(text.trim().parse().ok()?)),
        _ => None,
    }
}

fn rounded(number: f64) -> Option<u64> {
    // Sizes are sent as 1e+15 when they are large; the cast keeps what a double can say exactly.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked before"
    )]
    (0.0..9e18).contains(&number).then(|| number.round() as u64)
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// See [`text`].
pub(super) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(u8::from(*yes).to_string()),
        _ => None,
    }
}

/// See [`flag`].
pub(super) fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => word_flag(text),
        _ => None,
    }
}

/// The words that Proxmox takes for yes and no.
pub(super) fn word_flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "on" | "yes" | "true" => Some(true),
        "0" | "off" | "no" | "false" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Deserialize, Debug, PartialEq, Default)]
    #[serde(default)]
    struct Odd {
        #[serde(deserialize_with = "whole")]
        size: Option<u64>,
        #[serde(deserialize_with = "number")]
        load: Option<f64>,
        #[serde(deserialize_with = "flag")]
        shared: Option<bool>,
        #[serde(deserialize_with = "text")]
        name: Option<String>,
        #[serde(deserialize_with = "words")]
        content: Vec<String>,
    }

    #[test]
    fn every_form_of_a_value_is_read() {
        let odd: Odd = serde_json::from_str(
            r#"{"size": "12", "load": "9.63", "shared": 1, "name": 7, "content": "iso,backup images"}"#,
        )
        .unwrap();
        assert_eq!(odd.size, Some(12));
        assert_eq!(odd.load, Some(9.63));
        assert_eq!(odd.shared, Some(true));
        assert_eq!(odd.name.as_deref(), Some("7"));
        assert_eq!(odd.content, ["iso", "backup", "images"]);
        let odd: Odd =
            serde_json::from_str(r#"{"size": -1, "shared": "", "name": "", "content": null}"#).unwrap();
        assert_eq!(odd, Odd { shared: Some(false), ..Odd::default() });
        assert_eq!(as_whole(&serde_json::json!(1.5e15)), Some(1_500_000_000_000_000));
        assert_eq!(as_whole(&serde_json::json!(1e300)), None);
    }

    proptest! {
        #[test]
        fn no_value_is_refused(json in "(null|true|-?[0-9]{1,30}|\"[a-z0-9 ,]{0,8}\"|\\[1,\"a\"\\]|\\{\"a\":1\\})") {
            let text = format!(r#"{{"size":{json},"load":{json},"shared":{json},"name":{json},"content":{json}}}"#);
            // A number beyond what JSON's parser takes is the only way out.
            if serde_json::from_str::<Value>(&text).is_ok() {
                prop_assert!(serde_json::from_str::<Odd>(&text).is_ok(), "{}", text);
            }
        }
    }
}
