//! Which rows of a kind match, and in which order.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::order::SortKey;
use labkeeper_core::inventory::{Kind, admit};
use labkeeper_core::nearest::nearest;
use serde_json::{Map, Value};

use super::rows::Row;

/// What is asked of the rows of a kind.
pub(super) struct Selection {
    filter: Map<String, Value>,
    /// Lower case.
    q: Option<String>,
    /// Fields, and whether each goes down.
    sort: Vec<(String, bool)>,
}

impl Selection {
    /// # Errors
    /// When it names a field that rows of that kind do not have.
    pub(super) fn new(
        kind: Kind,
        filter: Map<String, Value>,
        q: Option<&str>,
        sort: Option<&str>,
    ) -> Result<Self, Fault> {
        let names = known_names(kind);
        let sort = parse_sort(sort.or(default_sort(kind)), &names)?;
        filter.keys().try_for_each(|name| check_filter(name, &names))?;
        Ok(Self { filter, q: q.filter(|q| !q.is_empty()).map(str::to_lowercase), sort })
    }

    /// Whether every row matches, in the order of ids.
    pub(super) fn is_everything(&self) -> bool {
        self.filter.is_empty() && self.q.is_none() && self.sort.is_empty()
    }

    /// By which fields it tells rows apart; `None` when all of them count.
    pub(super) fn fields(&self) -> Option<Vec<&str>> {
        if self.q.is_some() {
            return None;
        }
        let filtered = self.filter.keys().flat_map(|name| match name.as_str() {
            "tag" => vec!["tags"],
            "parent" => PARENT_FIELDS.to_vec(),
            name => vec![name],
        });
        Some(filtered.chain(self.sort.iter().map(|(name, _)| name.as_str())).collect())
    }

    /// Those that match, in order. Of each row it looks at [these fields](Self::fields) only.
    pub(super) fn of(&self, mut rows: Vec<Row>) -> Vec<Row> {
        rows.retain(|row| self.filter.iter().all(|(name, wanted)| matches(row, name, wanted)));
        if let Some(q) = &self.q {
            rows.retain(|row| row.iter().any(|(name, value)| name != "icon" && contains(value, q)));
        }
        order(&mut rows, &self.sort);
        rows
    }
}

/// Documents come in the order people gave them, as in the predecessor.
fn default_sort(kind: Kind) -> Option<&'static str> {
    (kind == Kind::Documents).then_some("sort_order,id")
}

/// What rows of that kind have.
pub(super) fn known_names(kind: Kind) -> Vec<&'static str> {
    let mut names = admit::known_names(kind.spec());
    for name in ["id", "created_at", "updated_at", "rev", "name"] {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn check(field: &str, name: &str, known: &[&str]) -> Result<(), Fault> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(pointing(Fault::invalid(field, format!("{field}: there is no \"{name}\"")), name, known))
}

/// Over REST a filter is a parameter like the others, and may be one of those misspelt.
fn check_filter(name: &str, names: &[&str]) -> Result<(), Fault> {
    let known = [names, &["tag", "parent"]].concat();
    if known.contains(&name) {
        return Ok(());
    }
    let own = ["limit", "offset", "cursor", "sort", "q", "fields", "include"];
    let fault = Fault::invalid(name, format!("there is no field \"{name}\" to filter by"));
    Err(pointing(fault, name, &[known.as_slice(), &own].concat()))
}

/// With what was probably meant.
fn pointing(fault: Fault, name: &str, known: &[&str]) -> Fault {
    match nearest(name, known.iter().copied()) {
        Some(near) => fault.with_hint(format!("did you mean \"{near}\"?")),
        None => fault.with_hint(format!("one of {}", known.join(", "))),
    }
}

/// Names out of a text with commas between them.
///
/// # Errors
/// When one is not known.
pub(super) fn split(text: &str, field: &str, known: &[&str]) -> Result<Vec<String>, Fault> {
    let names: Vec<String> =
        text.split(',').map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect();
    for name in &names {
        check(field, name, known)?;
    }
    Ok(names)
}

fn parse_sort(text: Option<&str>, known: &[&str]) -> Result<Vec<(String, bool)>, Fault> {
    let mut keys = Vec::new();
    for part in text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        check("sort", name, known)?;
        keys.push((name.to_string(), descending));
    }
    Ok(keys)
}

fn order(rows: &mut Vec<Row>, sort: &[(String, bool)]) {
    if sort.is_empty() {
        return;
    }
    let mut keyed: Vec<(Vec<SortKey>, Row)> = rows
        .drain(..)
        .map(|row| {
            (sort.iter().map(|(name, _)| SortKey::of(row.get(name).unwrap_or(&Value::Null))).collect(), row)
        })
        .collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let mut pairs = a.iter().zip(b).zip(sort);
        pairs
            .find_map(|((a, b), (_, down))| Some(a.compare(b, *down)).filter(|o| o.is_ne()))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    rows.extend(keyed.into_iter().map(|(_, row)| row));
}

fn matches(row: &Row, name: &str, wanted: &Value) -> bool {
    let text = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_string).to_lowercase();
    match name {
        "tag" | "tags" => {
            let tags = row.get("tags").and_then(Value::as_array);
            tags.is_some_and(|tags| {
                tags.iter().any(|tag| tag.as_str().is_some_and(|tag| tag.to_lowercase() == text))
            })
        }
        "parent" => {
            let wanted: Option<i64> = text.parse().ok();
            wanted.is_some()
                && PARENT_FIELDS.iter().any(|field| row.get(*field).and_then(Value::as_i64) == wanted)
        }
        name => match row.get(name) {
            Some(Value::String(value)) if text.is_empty() => value.is_empty(),
            Some(Value::String(value)) => value.to_lowercase().contains(&text),
            Some(Value::Null) | None => matches!(text.as_str(), "" | "null"),
            Some(other) => other.to_string().trim_end_matches(".0") == text.trim_end_matches(".0"),
        },
    }
}

const PARENT_FIELDS: [&str; 5] = ["hardware_id", "vm_id", "container_id", "storage_id", "parent_id"];

fn contains(value: &Value, q: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(q),
        Value::Number(number) => number.to_string().contains(q),
        Value::Array(list) => list.iter().any(|value| contains(value, q)),
        Value::Object(map) => map.values().any(|value| contains(value, q)),
        _ => false,
    }
}
