//! Figures with their types, labels and help, out of what a hub answers to whoever scrapes it.

use std::fmt::Write as _;

use super::cell::cell;

pub(super) fn body(exposition: &str) -> String {
    let mut text = String::from("| | | labels | |\n|---|---|---|---|\n");
    let words = |line: &str, mark: &str| {
        line.strip_prefix(mark)
            .and_then(|rest| rest.split_once(' '))
            .map(|(one, rest)| (one.to_owned(), rest.to_owned()))
    };
    for (name, help) in exposition.lines().filter_map(|line| words(line, "# HELP ")) {
        let kind = exposition
            .lines()
            .filter_map(|line| words(line, "# TYPE "))
            .find_map(|(of, kind)| (of == name).then_some(kind));
        let kind = kind.unwrap_or_default();
        let suffix = if kind == "counter" { "_total" } else { "" };
        let labels: Vec<String> =
            labels(exposition, &name).iter().map(|label| format!("`{label}`")).collect();
        let help = help.trim_end_matches('.');
        let _ = writeln!(text, "| `{name}{suffix}` | {kind} | {} | {} |", labels.join(", "), cell(help));
    }
    text
}

/// Names of the labels of its first sample that has some; where a histogram's buckets end is none.
fn labels(exposition: &str, name: &str) -> Vec<String> {
    let sample = exposition.lines().find_map(|line| {
        let (series, rest) = line.split_once('{')?;
        let is_its =
            series.strip_prefix(name).is_some_and(|end| ["", "_total", "_sum", "_info"].contains(&end));
        is_its.then(|| rest.split_once('}').map(|(labels, _)| labels)).flatten()
    });
    let pairs = sample.unwrap_or_default().split("\",").filter_map(|pair| pair.split_once('='));
    pairs.map(|(label, _)| label.to_owned()).collect()
}
