//! The door of the inventory: what a caller gave, checked against the kind's declaration.
//!
//! A draft says what to set and what to clear; what it does not mention stays as it is.

use serde_json::{Map, Value, json};

use super::address::{self, Address};
use super::derived::is_derived;
use super::field::Shape;
use super::item::ItemId;
use super::kinds::{Kind, KindSpec};
use crate::fault::{Code, Fault};
use crate::nearest::nearest;

/// Longest name, in characters.
pub const MAX_NAME: usize = 200;

/// What to do with fields that the kind does not have.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, Default,
)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// Refuse them and name the nearest known field.
    #[default]
    Refuse,
    /// Keep them under `custom`, so that nothing is lost, and say so.
    Custom,
}

/// A checked request to change one item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// New name.
    pub name: Option<String>,
    /// Fields to set, in stored form; null clears.
    pub fields: Map<String, Value>,
    /// Parent: set to that item or cleared; `None` leaves it.
    pub parent: Option<Option<(Kind, ItemId)>>,
    /// Revision the caller read, when given in the body.
    pub rev: Option<i64>,
    /// Names of fields that went to `custom`.
    pub kept_as_custom: Vec<String>,
}

/// Names that rows carry but that callers do not set; accepted and ignored, as the predecessor did.
const READ_ONLY: [&str; 6] = ["id", "kind", "type", "_type", "created_at", "updated_at"];

/// Checks `data` for an item of `kind`. `current` is its stored address list and custom fields when it exists.
///
/// # Errors
/// The first field that is not acceptable, with what it wants.
pub fn admit(
    kind: Kind,
    data: &Map<String, Value>,
    current: Option<&Map<String, Value>>,
    on_unknown: OnUnknown,
) -> Result<Draft, Fault> {
    let spec = kind.spec();
    let mut draft = Draft::default();
    let mut parents: Vec<(Kind, ItemId)> = Vec::new();
    let mut parents_mentioned = false;
    let mut unknown: Map<String, Value> = Map::new();

    for (name, value) in data {
        match spec.field(name) {
            Some(field) => match field.shape {
                Shape::Address | Shape::Mac => {}
                Shape::Parent(parent_kind) => {
                    parents_mentioned = true;
                    let id = field.shape.accept(value).map_err(|wants| complain(name, &wants))?;
                    parents.extend(id.as_i64().map(|id| (parent_kind, id)));
                }
                shape => {
                    let stored = shape.accept(value).map_err(|wants| complain(name, &wants))?;
                    draft.fields.insert(name.clone(), stored);
                }
            },
            None if name == spec.name_field || name == "name" => draft.name = Some(accept_name(spec, value)?),
            None if name == "tags" => {
                draft.fields.insert("tags".into(), accept_tags(value)?);
            }
            None if name == "custom" => {
                draft.fields.insert("custom".into(), accept_custom(value)?);
            }
            None if name == "rev" => draft.rev = accept_rev(value)?,
            None if name == "addresses" || READ_ONLY.contains(&name.as_str()) || is_derived(name) => {}
            None => {
                unknown.insert(name.clone(), value.clone());
            }
        }
    }
    if parents.len() > 1 {
        let names: Vec<&str> = spec.parents().map(|(name, _)| name).collect();
        return Err(Fault::invalid(names[0], format!("{} can stand on one thing only", spec.label))
            .with_hint(format!("set one of {} and leave the others null", names.join(", "))));
    }
    if parents_mentioned {
        draft.parent = Some(parents.first().copied());
    }
    admit_addresses(spec, data, current, &mut draft)?;
    admit_unknown(spec, unknown, current, on_unknown, &mut draft)?;
    Ok(draft)
}

fn admit_addresses(
    spec: &KindSpec,
    data: &Map<String, Value>,
    current: Option<&Map<String, Value>>,
    draft: &mut Draft,
) -> Result<(), Fault> {
    let mut list: Vec<Address> = address::stored(current.and_then(|fields| fields.get("addresses")));
    let mut touched = false;
    if let Some(value) = data.get("addresses") {
        list = address::accept(value).map_err(|wants| complain("addresses", &wants))?;
        touched = true;
    }
    for (name, set) in [
        (spec.address_field(), address::set_ip as fn(&mut Vec<Address>, Option<&str>) -> Result<(), String>),
        (spec.mac_field(), address::set_mac),
    ] {
        let Some((name, value)) = name.and_then(|name| Some((name, data.get(name)?))) else { continue };
        let unchanged_echo =
            data.contains_key("addresses") && Some(value) == current_primary(spec, current, name).as_ref();
        if unchanged_echo {
            continue;
        }
        let text = match value {
            Value::Null => None,
            Value::String(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
            other => return Err(complain(name, &format!("wants text, not {other}"))),
        };
        set(&mut list, text).map_err(|wants| complain(name, &wants))?;
        touched = true;
    }
    if touched {
        let value = if list.is_empty() { Value::Null } else { json!(list) };
        draft.fields.insert("addresses".into(), value);
    }
    Ok(())
}

/// What the row showed as primary before, so that a client that sends the whole row back with an edited
/// `addresses` list does not undo its own edit.
fn current_primary(spec: &KindSpec, current: Option<&Map<String, Value>>, name: &str) -> Option<Value> {
    let list = address::stored(current?.get("addresses"));
    let primary = address::primary(&list);
    let text = if Some(name) == spec.address_field() {
        primary.and_then(|address| address.ip.clone())
    } else {
        primary.and_then(|address| address.mac.clone())
    };
    Some(text.map_or(Value::Null, Value::String))
}

fn admit_unknown(
    spec: &KindSpec,
    unknown: Map<String, Value>,
    current: Option<&Map<String, Value>>,
    on_unknown: OnUnknown,
    draft: &mut Draft,
) -> Result<(), Fault> {
    let Some(first) = unknown.keys().next() else { return Ok(()) };
    if on_unknown == OnUnknown::Refuse {
        let known = known_names(spec);
        let mut fault = Fault::new(Code::UnknownField, format!("{} has no field \"{first}\"", spec.label))
            .with_field(first.clone());
        fault.hint = Some(match nearest(first, known.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"? Facts of your own go under \"custom\""),
            None => format!("its fields are {}; facts of your own go under \"custom\"", known.join(", ")),
        });
        return Err(fault);
    }
    let mut custom = draft
        .fields
        .get("custom")
        .or_else(|| current.and_then(|fields| fields.get("custom")))
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for (name, value) in unknown {
        draft.kept_as_custom.push(name.clone());
        custom.insert(name, value);
    }
    draft.fields.insert("custom".into(), Value::Object(custom));
    Ok(())
}

/// Every name a caller may set on an item of that kind.
pub fn known_names(spec: &KindSpec) -> Vec<&'static str> {
    let mut names = vec![spec.name_field];
    names.extend(spec.fields.iter().map(|field| field.name));
    names.extend(["tags", "custom"]);
    if spec.address_field().is_some() {
        names.push("addresses");
    }
    names
}

fn complain(field: &str, wants: &str) -> Fault {
    Fault::invalid(field, format!("{field} {wants}"))
}

/// Nothing else will do: a revision that is not understood would protect nobody's change.
fn accept_rev(value: &Value) -> Result<Option<i64>, Fault> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|rev| *rev > 0);
    match (value, number) {
        (Value::Null, _) => Ok(None),
        (_, Some(rev)) => Ok(Some(rev)),
        (other, None) => {
            Err(complain("rev", &format!("wants the rev of the row as you read it, not {other}")))
        }
    }
}

fn accept_name(spec: &KindSpec, value: &Value) -> Result<String, Fault> {
    let field = spec.name_field;
    let Some(text) = value.as_str() else { return Err(complain(field, &format!("wants text, not {value}"))) };
    let text = text.trim();
    if text.is_empty() {
        return Err(complain(field, "must not be empty"));
    }
    if text.chars().count() > MAX_NAME {
        return Err(complain(field, &format!("may have at most {MAX_NAME} characters")));
    }
    Ok(text.into())
}

fn accept_tags(value: &Value) -> Result<Value, Fault> {
    let wants = || complain("tags", "wants a list of short texts");
    let given: Vec<&str> = match value {
        Value::Null => Vec::new(),
        Value::String(text) => text.split(',').collect(),
        Value::Array(list) => {
            list.iter().map(|tag| tag.as_str().ok_or_else(wants)).collect::<Result<_, _>>()?
        }
        _ => return Err(wants()),
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in given.into_iter().map(str::trim).filter(|tag| !tag.is_empty()) {
        if tag.chars().count() > 64 {
            return Err(complain("tags", "may have at most 64 characters each"));
        }
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.into());
        }
    }
    Ok(if tags.is_empty() { Value::Null } else { json!(tags) })
}

fn accept_custom(value: &Value) -> Result<Value, Fault> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Object(map) if map.is_empty() => Ok(Value::Null),
        Value::Object(map) if map.keys().all(|name| !name.trim().is_empty() && name.len() <= 100) => {
            Ok(value.clone())
        }
        _ => Err(complain("custom", "wants an object of named values")),
    }
}

/// The fields after the draft: set what it sets, drop what it clears.
pub fn merged(current: &Map<String, Value>, draft: &Draft) -> Map<String, Value> {
    let mut fields = current.clone();
    for (name, value) in &draft.fields {
        if value.is_null() {
            fields.shift_remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    fields.sort_keys();
    fields
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("{value} is no object") };
        map
    }

    fn refused(kind: Kind, data: Value) -> Fault {
        admit(kind, &object(data), None, OnUnknown::Refuse).unwrap_err()
    }

    #[test]
    fn blanks_become_null_and_numbers_in_text_become_numbers() {
        let data = object(json!({"name": "a", "cpu_cores": "8", "ram_gb": "", "hardware_id": ""}));
        let draft = admit(Kind::Vms, &data, None, OnUnknown::Refuse).unwrap();
        assert_eq!(draft.fields["cpu_cores"], 8);
        assert_eq!(draft.fields["ram_gb"], Value::Null);
        assert_eq!(draft.parent, Some(None));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field() {
        assert_eq!(
            refused(Kind::Apps, json!({"name": "a", "port": 99_999_999})).field.as_deref(),
            Some("port")
        );
        assert_eq!(
            refused(Kind::Networks, json!({"name": "a", "vlan_id": 4095})).field.as_deref(),
            Some("vlan_id")
        );
        assert_eq!(refused(Kind::Hardware, json!({"name": " "})).field.as_deref(), Some("name"));
        assert_eq!(
            refused(Kind::Hardware, json!({"name": "a", "ram_gb": -1})).field.as_deref(),
            Some("ram_gb")
        );
        assert_eq!(
            refused(Kind::Apps, json!({"name": "a", "https": "false"})).field.as_deref(),
            Some("https")
        );
    }

    #[test]
    fn two_parents_are_refused() {
        let fault = refused(Kind::Apps, json!({"name": "a", "hardware_id": 1, "vm_id": 2}));
        assert!(fault.message.contains("one thing only"), "{fault}");
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_nearest_or_kept_as_custom() {
        let fault = refused(Kind::Hardware, json!({"name": "a", "hostnam": "x"}));
        assert!(fault.hint.unwrap().contains("hostname"));
        let data = object(json!({"name": "a", "rack": "A", "custom": {"u": 3}}));
        let draft = admit(Kind::Hardware, &data, None, OnUnknown::Custom).unwrap();
        assert_eq!(draft.fields["custom"], json!({"u": 3, "rack": "A"}));
        assert_eq!(draft.kept_as_custom, ["rack"]);
    }

    #[test]
    fn a_whole_row_sent_back_changes_nothing_it_did_not_mean_to() {
        let current = object(json!({"addresses": [{"ip": "10.0.0.1", "primary": true}]}));
        let data =
            object(json!({"ip_address": "10.0.0.1", "addresses": [{"ip": "10.0.0.9", "primary": true}]}));
        let draft = admit(Kind::Vms, &data, Some(&current), OnUnknown::Refuse).unwrap();
        assert_eq!(draft.fields["addresses"][0]["ip"], "10.0.0.9");
    }

    proptest! {
        #[test]
        fn admitting_what_was_admitted_changes_nothing(cores in 0i64..9_000, ram in 0.0f64..1e6, ip in any::<[u8; 4]>(), tag in "[a-z]{1,8}") {
            let ip = format!("{}.{}.{}.{}", ip[0], ip[1], ip[2], ip[3]);
            let data = object(json!({"name": "n", "cpu_cores": cores, "ram_gb": ram, "ip_address": ip, "tags": [tag]}));
            let first = merged(&Map::new(), &admit(Kind::Vms, &data, None, OnUnknown::Refuse).unwrap());
            let again = admit(Kind::Vms, &first, Some(&first), OnUnknown::Refuse).unwrap();
            prop_assert_eq!(merged(&first, &again), first);
        }
    }
}
