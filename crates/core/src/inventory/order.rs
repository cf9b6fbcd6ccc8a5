//! The order people expect: numbers inside names by value, addresses by number, blanks last.

use std::cmp::Ordering;
use std::net::IpAddr;

use serde_json::Value;

/// A key that sorts naturally; build it once per value.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// A number or a boolean.
    Number(f64),
    /// An IP address, v4 before v6.
    Address(IpAddr),
    /// Text cut into words and numbers.
    Text(Vec<Piece>),
    /// Nothing known; always last.
    Blank,
}

/// A run of digits or of anything else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Digits, by value (leading zeros dropped), longer is larger.
    Digits(usize, String),
    /// Other characters, lower case.
    Letters(String),
}

impl SortKey {
    /// The key of a field's value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Blank,
            Value::Bool(yes) => Self::Number(f64::from(u8::from(*yes))),
            Value::Number(number) => number.as_f64().map_or(Self::Blank, Self::Number),
            Value::String(text) if text.is_empty() => Self::Blank,
            Value::String(text) => Self::text(text),
            other => Self::text(&other.to_string()),
        }
    }

    fn text(text: &str) -> Self {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Self::Address(address);
        }
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
            let (run, tail) = rest.split_at(end);
            pieces.push(if digits {
                let value = run.trim_start_matches('0');
                Piece::Digits(value.len(), value.into())
            } else {
                Piece::Letters(run.to_lowercase())
            });
            rest = tail;
        }
        Self::Text(pieces)
    }

    /// Compares two keys, ascending or descending; blanks are last either way.
    pub fn compare(&self, other: &Self, descending: bool) -> Ordering {
        match (self, other) {
            (Self::Blank, Self::Blank) => Ordering::Equal,
            (Self::Blank, _) => Ordering::Greater,
            (_, Self::Blank) => Ordering::Less,
            (a, b) if descending => b.ascending(a),
            (a, b) => a.ascending(b),
        }
    }

    fn ascending(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Address(a), Self::Address(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Address(_) => 1,
            Self::Text(_) => 2,
            Self::Blank => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sorted(mut values: Vec<Value>, descending: bool) -> Vec<Value> {
        values.sort_by(|a, b| SortKey::of(a).compare(&SortKey::of(b), descending));
        values
    }

    #[test]
    fn numbers_in_names_count_by_value_and_blanks_come_last_both_ways() {
        let names = vec![json!("pve10"), json!(null), json!("pve2"), json!("PVE1")];
        assert_eq!(sorted(names.clone(), false), [json!("PVE1"), json!("pve2"), json!("pve10"), json!(null)]);
        assert_eq!(sorted(names, true), [json!("pve10"), json!("pve2"), json!("PVE1"), json!(null)]);
    }

    #[test]
    fn addresses_count_by_number() {
        let ips = vec![json!("10.0.0.10"), json!("10.0.0.9"), json!("9.255.0.1")];
        assert_eq!(sorted(ips, false), [json!("9.255.0.1"), json!("10.0.0.9"), json!("10.0.0.10")]);
    }
}
