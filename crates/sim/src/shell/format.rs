//! How an answer of the API is printed: `--output-format`.

use serde_json::{Map, Value};

use super::arguments::Given;
use super::output::Output;

/// The option that says it.
pub(super) const OUTPUT_FORMAT: &str = "output-format";

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For people. The real programs also round figures and order columns by a schema; here columns go by name.
    Text,
    /// One line, keys in order.
    Json,
}

impl Format {
    /// What was asked for.
    ///
    /// # Errors
    /// For the formats that are not modelled, and those that there are not.
    pub(super) fn wanted(given: &Given, usage: &str) -> Result<Self, Output> {
        match given.options.get(OUTPUT_FORMAT).map(String::as_str) {
            None | Some("text") => Ok(Self::Text),
            Some("json") => Ok(Self::Json),
            Some(format @ ("json-pretty" | "yaml")) => {
                Err(Output::died(&format!("the simulated node does not model --{OUTPUT_FORMAT} {format}")))
            }
            Some(other) => {
                let of = "text, json, json-pretty, yaml";
                let why = format!("value '{other}' does not have a value in the enumeration '{of}'");
                let why = format!("Parameter verification failed.\n{OUTPUT_FORMAT}: {why}");
                Err(Output::misused(&why, usage))
            }
        }
    }

    /// The answer as printed.
    pub(super) fn show(self, data: &Value) -> String {
        match (self, data) {
            (_, Value::Null) => String::new(),
            (Self::Json, _) => format!("{}\n", sorted(data)),
            (Self::Text, Value::Object(object)) => properties(object),
            (Self::Text, Value::Array(rows)) => listed(rows),
            (Self::Text, one) => format!("{}\n", cell(one)),
        }
    }
}

/// As `--output-format json-pretty` has it: keys in order, three spaces a step. A letter up to U+00FF is a byte, as Perl writes
/// what came as bytes; beyond that it is UTF-8.
pub(super) fn pretty(data: &Value) -> Vec<u8> {
    let mut text = String::new();
    write_pretty(&sorted(data), 0, &mut text);
    text.push('\n');
    if text.chars().all(|letter| u32::from(letter) <= 0xFF) {
        return text.chars().filter_map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
    }
    text.into_bytes()
}

fn write_pretty(data: &Value, depth: usize, text: &mut String) {
    let line = |depth: usize| format!("\n{}", "   ".repeat(depth));
    match data {
        Value::Object(object) if !object.is_empty() => {
            for (at, (key, value)) in object.iter().enumerate() {
                *text += &format!(
                    "{}{}{} : ",
                    if at == 0 { "{" } else { "," },
                    line(depth + 1),
                    Value::from(key.as_str())
                );
                write_pretty(value, depth + 1, text);
            }
            *text += &format!("{}}}", line(depth));
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                *text += &format!("{}{}", if at == 0 { "[" } else { "," }, line(depth + 1));
                write_pretty(item, depth + 1, text);
            }
            *text += &format!("{}]", line(depth));
        }
        other => *text += &other.to_string(),
    }
}

/// Keys in order, all the way down.
fn sorted(data: &Value) -> Value {
    match data {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort();
            keys.into_iter().map(|key| (key.clone(), sorted(&object[key]))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => sorted(other).to_string(),
    }
}

fn properties(object: &Map<String, Value>) -> String {
    let mut rows: Vec<Vec<String>> =
        object.iter().map(|(key, value)| vec![key.clone(), cell(value)]).collect();
    rows.sort();
    table(&["key", "value"], &rows)
}

fn listed(rows: &[Value]) -> String {
    let mut columns: Vec<&str> =
        rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().map(String::as_str)).collect();
    columns.sort_unstable();
    columns.dedup();
    if columns.is_empty() {
        return rows.iter().map(|row| format!("{}\n", cell(row))).collect();
    }
    let of = |row: &Value| columns.iter().map(|column| cell(&row[*column])).collect();
    table(&columns, &rows.iter().map(of).collect::<Vec<_>>())
}

/// A frame around each cell; one with several lines stays one cell.
fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    let all = || std::iter::once(&head).chain(rows);
    let wide = |at: usize| all().flat_map(|row| row[at].lines()).map(|line| line.chars().count()).max();
    let widths: Vec<usize> = (0..columns.len()).map(|at| wide(at).unwrap_or(0)).collect();
    let rule = |left: &str, line: &str, cross: &str, right: &str| {
        let parts: Vec<String> = widths.iter().map(|width| line.repeat(width + 2)).collect();
        format!("{left}{}{right}\n", parts.join(cross))
    };
    let mut text = rule("┌", "─", "┬", "┐");
    for (at, row) in all().enumerate() {
        let high = row.iter().map(|cell| cell.lines().count()).max().unwrap_or(1).max(1);
        for line in 0..high {
            let part = |(cell, width): (&String, &usize)| {
                format!(" {:<width$} ", cell.lines().nth(line).unwrap_or(""))
            };
            let parts: Vec<String> = row.iter().zip(&widths).map(part).collect();
            text += &format!("│{}│\n", parts.join("│"));
        }
        text += &match at {
            last if last == rows.len() => rule("└", "─", "┴", "┘"),
            0 => rule("╞", "═", "╪", "╡"),
            _ => rule("├", "─", "┼", "┤"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_one_line_with_keys_in_order() {
        let data = json!([{"b": 1, "a": {"d": [], "c": "x"}}]);
        assert_eq!(Format::Json.show(&data), "[{\"a\":{\"c\":\"x\",\"d\":[]},\"b\":1}]\n");
        assert_eq!(Format::Json.show(&Value::Null), "", "what answers nothing prints nothing");
    }

    #[test]
    fn a_table_has_a_frame_that_fits() {
        let made = json!({"value": "uuid", "full-tokenid": "a@pve!t"});
        let shown = "\
┌──────────────┬─────────┐
│ key          │ value   │
╞══════════════╪═════════╡
│ full-tokenid │ a@pve!t │
├──────────────┼─────────┤
│ value        │ uuid    │
└──────────────┴─────────┘
";
        assert_eq!(Format::Text.show(&made), shown);
        assert_eq!(Format::Text.show(&json!("102")), "102\n");
    }
}
