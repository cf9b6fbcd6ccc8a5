//! One item of a file over the item here: gaps are filled, newer values win, the rest is a conflict and stays.

use serde_json::{Map, Value, json};

use super::report::FieldChange;
use crate::inventory::address::{self, Address};

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub(crate) name: String,
    pub(crate) fields: Map<String, Value>,
    pub(crate) changes: Vec<FieldChange>,
    /// Field, value here, value in the file.
    pub(crate) conflicts: Vec<(String, Value, Value)>,
}

/// `file_wins` where both say something different.
pub(crate) fn merge(
    here: (&str, &Map<String, Value>),
    file: (&str, &Map<String, Value>),
    name_field: &str,
    file_wins: bool,
) -> Merged {
    let mut merged = Merged { name: here.0.into(), fields: here.1.clone(), ..Merged::default() };
    if here.0 != file.0 {
        if file_wins {
            merged.name = file.0.into();
        }
        merged.differ(name_field, here.0.into(), file.0.into(), file_wins);
    }
    for (name, value) in file.1 {
        let known = here.1.get(name);
        match (name.as_str(), known) {
            (_, None) => merged.set(name, Value::Null, value.clone()),
            (_, Some(known)) if known == value => {}
            ("tags", Some(known)) => merged.tags(known, value),
            ("custom", Some(known)) => merged.custom(known, value, file_wins),
            ("addresses", Some(known)) => merged.addresses(known, value, file_wins),
            (_, Some(known)) => {
                merged.differ(name, known.clone(), value.clone(), file_wins);
                if file_wins {
                    merged.fields.insert(name.clone(), value.clone());
                }
            }
        }
    }
    merged.fields.sort_keys();
    merged
}

/// The item exactly as in the file.
pub(crate) fn replaced(
    here: (&str, &Map<String, Value>),
    file: (&str, &Map<String, Value>),
    name_field: &str,
) -> Merged {
    let mut merged = Merged { name: file.0.into(), fields: file.1.clone(), ..Merged::default() };
    merged.fields.sort_keys();
    if here.0 != file.0 {
        merged.differ(name_field, here.0.into(), file.0.into(), true);
    }
    let mut names: Vec<&String> = here.1.keys().chain(file.1.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (before, after) = (here.1.get(name), file.1.get(name));
        if before != after {
            let or_null = |value: Option<&Value>| value.cloned().unwrap_or(Value::Null);
            merged.differ(name, or_null(before), or_null(after), true);
        }
    }
    merged
}

impl Merged {
    fn differ(&mut self, field: &str, here: Value, file: Value, file_wins: bool) {
        if file_wins {
            self.changes.push(FieldChange { field: field.into(), before: here, after: file });
        } else {
            self.conflicts.push((field.into(), here, file));
        }
    }

    fn set(&mut self, field: &str, before: Value, after: Value) {
        self.fields.insert(field.into(), after.clone());
        self.changes.push(FieldChange { field: field.into(), before, after });
    }

    fn tags(&mut self, here: &Value, file: &Value) {
        let mut tags = here.as_array().cloned().unwrap_or_default();
        let missing: Vec<Value> =
            file.as_array().into_iter().flatten().filter(|tag| !tags.contains(tag)).cloned().collect();
        if !missing.is_empty() {
            tags.extend(missing);
            self.set("tags", here.clone(), tags.into());
        }
    }

    fn custom(&mut self, here: &Value, file: &Value, file_wins: bool) {
        let mut facts = here.as_object().cloned().unwrap_or_default();
        let before = facts.clone();
        for (name, value) in file.as_object().into_iter().flatten() {
            match before.get(name) {
                Some(known) if known == value => {}
                Some(known) if !file_wins => {
                    self.conflicts.push((format!("custom.{name}"), known.clone(), value.clone()));
                }
                _ => {
                    facts.insert(name.clone(), value.clone());
                }
            }
        }
        if facts != before {
            self.set("custom", here.clone(), facts.into());
        }
    }

    /// The list of the file is known here when each of its entries is, and the primary one is the same.
    fn addresses(&mut self, here: &Value, file: &Value, file_wins: bool) {
        let (known, given) = (address::stored(Some(here)), address::stored(Some(file)));
        let is_known = |entry: &Address| known.iter().any(|known| covers(known, entry));
        let same_primary = match (address::primary(&known), address::primary(&given)) {
            (Some(here), Some(file)) => covers(here, file) || (here.ip == file.ip && file.mac.is_none()),
            _ => false,
        };
        if same_primary && given.iter().all(is_known) {
            return;
        }
        let only_adds =
            same_primary || known.iter().all(|known| given.iter().any(|given| covers(given, known)));
        if !only_adds && !file_wins {
            self.conflicts.push(("addresses".into(), here.clone(), file.clone()));
            return;
        }
        let mut list = given.clone();
        if same_primary {
            list = known.clone();
            list.extend(
                given
                    .into_iter()
                    .filter(|entry| !is_known(entry))
                    .map(|entry| Address { primary: false, ..entry }),
            );
        } else {
            let extra =
                known.iter().filter(|known| !known.primary && !list.iter().any(|given| covers(given, known)));
            let extra: Vec<Address> = extra.cloned().collect();
            list.extend(extra);
        }
        self.set("addresses", here.clone(), json!(list));
    }
}

/// Whether `known` says everything that `entry` says.
fn covers(known: &Address, entry: &Address) -> bool {
    let says = |known: &Option<String>, entry: &Option<String>| entry.is_none() || known == entry;
    says(&known.ip, &entry.ip)
        && says(&known.mac, &entry.mac)
        && says(&known.interface, &entry.interface)
        && (entry.network_id.is_none() || known.network_id == entry.network_id)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn merged(here: &Value, file: &Value, file_wins: bool) -> Merged {
        merge(("nas", &map(here)), ("nas", &map(file)), "name", file_wins)
    }

    #[test]
    fn gaps_are_filled_and_what_a_person_wrote_later_stays() {
        let result = merged(&json!({"os": "mine"}), &json!({"os": "old", "notes": "found"}), false);
        assert_eq!(Value::Object(result.fields), json!({"notes": "found", "os": "mine"}));
        assert_eq!(result.conflicts, [("os".into(), json!("mine"), json!("old"))]);
        assert_eq!(result.changes.len(), 1);
    }

    #[test]
    fn a_newer_file_wins_and_merging_again_changes_nothing() {
        let file = json!({"os": "new", "tags": ["b"], "custom": {"u": 2}, "addresses": [{"ip": "10.0.0.9", "primary": true}]});
        let here = json!({
            "os": "old", "tags": ["a"], "custom": {"u": 1, "v": 1},
            "addresses": [{"ip": "10.0.0.1", "primary": true}, {"ip": "10.0.0.2", "primary": false}],
        });
        let first = merged(&here, &file, true);
        assert_eq!(first.fields["os"], "new");
        assert_eq!(first.fields["tags"], json!(["a", "b"]));
        assert_eq!(first.fields["custom"], json!({"u": 2, "v": 1}));
        let ips: Vec<&str> =
            first.fields["addresses"].as_array().unwrap().iter().map(|a| a["ip"].as_str().unwrap()).collect();
        assert_eq!(ips, ["10.0.0.9", "10.0.0.2"]);
        let again = merged(&Value::Object(first.fields.clone()), &file, true);
        assert!(again.changes.is_empty() && again.conflicts.is_empty(), "{again:?}");
    }
}
