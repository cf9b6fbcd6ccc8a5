//! What `pct` and `qm` have in common: how a guest, its configuration and its snapshots are said.

use serde_json::Value;

use super::arguments::{Given, Opt};
use super::command::{Command, Shows};
use crate::answer::Method;
use crate::world::said;

/// One that starts a task about a guest, and waits for it.
pub(super) const fn task(
    words: &'static str,
    method: Method,
    path: &'static str,
    arguments: &'static [&'static str],
    options: &'static [Opt],
) -> Command {
    Command { words, method, path, arguments, options, fixed: &[], shows: Shows::Task }
}

/// One that reads.
pub(super) const fn read(
    words: &'static str,
    path: &'static str,
    arguments: &'static [&'static str],
    options: &'static [Opt],
    shows: Shows,
) -> Command {
    Command { words, method: Method::Get, path, arguments, options, fixed: &[], shows }
}

/// What the API says of a guest beside what the command line does.
const OF_THE_API: &[&str] = &["agent", "clipboard", "cpu", "ha"];

/// How a guest is: whether it runs, or with `--verbose` all that is known.
pub(super) fn status(now: &Value, given: &Given) -> String {
    if !given.says("verbose") {
        return format!("status: {}\n", plain(&now["status"]));
    }
    let mut facts: Vec<(&String, &Value)> = now.as_object().into_iter().flatten().collect();
    facts.retain(|(name, value)| !value.is_null() && !OF_THE_API.contains(&name.as_str()));
    facts.sort_by_key(|(name, _)| *name);
    facts.into_iter().map(|(name, value)| fact(name, value, 0)).collect()
}

fn fact(name: &str, value: &Value, depth: usize) -> String {
    let indent = "\t".repeat(depth);
    match value {
        Value::Object(object) => {
            let below: String = object.iter().map(|(name, value)| fact(name, value, depth + 1)).collect();
            format!("{indent}{name}:\n{below}")
        }
        other => format!("{indent}{name}: {}\n", plain(other)),
    }
}

/// A configuration as `key: value`, one line each.
pub(super) fn config(config: &Value, _: &Given) -> String {
    let mut lines: Vec<(&String, &Value)> = config.as_object().into_iter().flatten().collect();
    lines.retain(|(key, _)| *key != "digest");
    lines.sort_by_key(|(key, _)| *key);
    let line = |(key, value): (&String, &Value)| match key.as_str() {
        "description" => format!("description: {}\n", encoded(&plain(value))),
        _ => format!("{key}: {}\n", plain(value)),
    };
    lines.into_iter().map(line).collect()
}

/// Control characters, those beyond ASCII, `%` and `:` stand as `%XX`, so that a text is one line.
fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'%' | b':' => format!("%{byte:02X}"),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// Snapshots as a tree: what grew from one stands below it, `current` last.
pub(super) fn snapshots(rows: &Value, _: &Given) -> String {
    let rows: Vec<&Value> = rows.as_array().into_iter().flatten().collect();
    let is_named = |name: &Value| rows.iter().any(|row| row["name"] == *name);
    let roots = by_age(rows.iter().filter(|row| !is_named(&row["parent"])).copied());
    roots.into_iter().map(|root| branch(root, &rows, "`->")).collect()
}

fn by_age<'a>(rows: impl Iterator<Item = &'a Value>) -> Vec<&'a Value> {
    let mut rows: Vec<&Value> = rows.collect();
    rows.sort_by_key(|row| row["snaptime"].as_i64().unwrap_or(i64::MAX));
    rows
}

/// The columns of name and time, as wide as the real ones.
const NAME_ENDS: usize = 30;
const TIME: usize = 23;

fn branch(row: &Value, rows: &[&Value], before: &str) -> String {
    let (name, wide) = (plain(&row["name"]), NAME_ENDS.saturating_sub(before.len()));
    let time = row["snaptime"].as_i64().map(said).unwrap_or_default();
    let description = plain(&row["description"]);
    let description = description.lines().next().filter(|line| !line.is_empty()).unwrap_or("no-description");
    let mut text = format!("{before} {name:<wide$} {time:<TIME$} {description}\n");
    for child in by_age(rows.iter().filter(|child| child["parent"] == row["name"]).copied()) {
        text += &branch(child, rows, &format!(" {before}"));
    }
    text
}

/// A value without the quotes of JSON; what there is not, is nothing.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
