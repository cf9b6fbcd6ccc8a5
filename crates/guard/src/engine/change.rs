//! What `${…}` does to values once its words are expanded: trimming, replacing, slicing.

use super::parameter::Place;
use crate::paths::matches;
use crate::word::Value;

/// Longer texts are not trimmed.
const LONGEST_TRIMMED: usize = 2048;
/// In longer texts patterns are not replaced.
const LONGEST_REPLACED: usize = 256;

/// A change whose words are expanded.
pub(super) enum Prepared {
    None,
    Unknown,
    Trim { end: bool, longest: bool, pattern: String },
    Replace { place: Place, pattern: String, with: String },
    Slice { offset: i64, length: Option<i64> },
    Case { upper: bool, all: bool },
    Transform(char),
}

pub(super) fn sliced(values: Vec<Value>, change: &Prepared) -> Vec<Value> {
    let Prepared::Slice { offset, length } = change else { return values };
    // `${@:1}` is the first: `$0` counts there, and is left out here.
    let count = values.len() as i64;
    let from = if *offset < 0 { count + offset } else { (*offset - 1).max(0) }.clamp(0, count);
    let until = length
        .map_or(count, |length| if length < 0 { count + length } else { from + length })
        .clamp(from, count);
    values[from as usize..until as usize].to_vec()
}

pub(super) fn changed(value: &Value, change: &Prepared) -> Value {
    let long = value.possibilities().map(str::len).max().unwrap_or_default();
    match change {
        // Each place of the text is tried with each end.
        Prepared::Trim { .. } if long > LONGEST_TRIMMED => Value::tainted(),
        Prepared::Replace { pattern, .. }
            if long > LONGEST_REPLACED && pattern.contains(['*', '?', '[', '\\']) =>
        {
            Value::tainted()
        }
        Prepared::None => value.clone(),
        Prepared::Unknown => match value {
            Value::Known(set) if set.iter().all(String::is_empty) => value.clone(),
            _ => Value::tainted(),
        },
        Prepared::Trim { end, longest, pattern } => match value {
            Value::Known(_) => value.map(|text| trimmed(text, *end, *longest, pattern)),
            // What is left of a name without a slash has none either.
            Value::Pattern(whole) if whole == "*" => value.clone(),
            Value::Pattern(_) if !*end && pattern == "*/" => Value::Pattern("*".into()),
            _ => Value::tainted(),
        },
        Prepared::Replace { place, pattern, with } => value.map(|text| replaced(text, *place, pattern, with)),
        Prepared::Slice { offset, length } => value.map(|text| cut(text, *offset, *length)),
        Prepared::Case { upper, all } => value.map(|text| cased(text, *upper, *all)),
        Prepared::Transform(kind) => match kind {
            'U' => value.map(str::to_uppercase),
            'L' => value.map(str::to_lowercase),
            'u' => value.map(|text| cased(text, true, false)),
            'E' => value.map(super::ansi::decoded),
            'P' => value.clone(),
            _ => Value::tainted(),
        },
    }
}

fn trimmed(text: &str, end: bool, longest: bool, pattern: &str) -> String {
    let mut cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    if end != longest {
        cuts.reverse();
    }
    if end {
        // From the end: the shortest suffix begins furthest right.
        return cuts
            .iter()
            .find(|at| matches(pattern, &text[**at..]))
            .map_or(text, |at| &text[..*at])
            .to_owned();
    }
    cuts.reverse();
    if !longest {
        cuts.sort_unstable();
    } else {
        cuts.sort_unstable_by(|one, two| two.cmp(one));
    }
    cuts.iter().find(|at| matches(pattern, &text[..**at])).map_or(text, |at| &text[*at..]).to_owned()
}

fn replaced(text: &str, place: Place, pattern: &str, with: &str) -> String {
    if pattern.is_empty() {
        return text.to_owned();
    }
    let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let longest_from = |from: usize| {
        cuts.iter().rev().filter(|to| **to > from).find(|to| matches(pattern, &text[from..**to])).copied()
    };
    match place {
        Place::Start => match longest_from(0) {
            Some(to) => format!("{with}{}", &text[to..]),
            None => text.to_owned(),
        },
        Place::End => match cuts.iter().find(|from| **from < text.len() && matches(pattern, &text[**from..]))
        {
            Some(from) => format!("{}{with}", &text[..*from]),
            None => text.to_owned(),
        },
        Place::First if !pattern.contains(['*', '?', '[', '\\']) => text.replacen(pattern, with, 1),
        Place::All if !pattern.contains(['*', '?', '[', '\\']) => text.replace(pattern, with),
        Place::First | Place::All => {
            let mut result = String::new();
            let mut at = 0;
            let mut done = false;
            while at < text.len() {
                if !(done && place == Place::First)
                    && let Some(to) = longest_from(at)
                {
                    result.push_str(with);
                    at = to;
                    done = true;
                    continue;
                }
                let next = text[at..].chars().next().map_or(1, char::len_utf8);
                result.push_str(&text[at..at + next]);
                at += next;
            }
            result
        }
    }
}

fn cut(text: &str, offset: i64, length: Option<i64>) -> String {
    let chars: Vec<char> = text.chars().collect();
    let count = chars.len() as i64;
    let from = if offset < 0 { count + offset } else { offset };
    if from < 0 || from > count {
        return String::new();
    }
    let until = length
        .map_or(count, |length| if length < 0 { count + length } else { from.saturating_add(length) })
        .clamp(from, count);
    chars[from as usize..until as usize].iter().collect()
}

fn cased(text: &str, upper: bool, all: bool) -> String {
    let change = |c: char| if upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let mut first = true;
    text.chars().map(|c| if all || std::mem::take(&mut first) { change(c) } else { c }).collect()
}
