//! A list that is made as small as the caller wants it: only some fields of each row, only the first rows.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::nearest::nearest;
use serde_json::{Map, Value};

/// What the caller wants to see of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Trim {
    fields: Option<Vec<String>>,
    limit: Option<usize>,
}

impl Trim {
    /// Takes `fields` and `limit` out of an input.
    pub(crate) fn taken_from(input: &mut Map<String, Value>) -> Result<Self, Fault> {
        let fields = match input.shift_remove("fields") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
                Some(names.map(Into::into).collect())
            }
            Some(other) => return Err(Fault::invalid("fields", format!("fields wants text, not {other}"))),
        };
        let limit = match input.shift_remove("limit") {
            None | Some(Value::Null) => None,
            // From an address it comes as text.
            Some(Value::String(text)) => Some(text.parse().ok()),
            Some(number) => Some(number.as_u64().and_then(|number| usize::try_from(number).ok())),
        };
        match limit {
            None => Ok(Self { fields, limit: None }),
            Some(Some(limit)) if limit > 0 => Ok(Self { fields, limit: Some(limit) }),
            Some(_) => Err(Fault::invalid("limit", "limit wants a whole number from 1")),
        }
    }

    /// The answer with its list made smaller. How many rows there were stays as `total`.
    pub(crate) fn applied(&self, mut answer: Value, list: &str) -> Result<Value, Fault> {
        let Some(rows) = answer.get_mut(list).and_then(Value::as_array_mut) else { return Ok(answer) };
        let total = rows.len();
        if let Some(limit) = self.limit {
            rows.truncate(limit);
        }
        if let Some(fields) = &self.fields {
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                *row = only(row, fields)?;
            }
        }
        if self.limit.is_some() {
            answer["total"] = total.into();
        }
        Ok(answer)
    }
}

fn only(row: &Map<String, Value>, fields: &[String]) -> Result<Map<String, Value>, Fault> {
    let kept = fields.iter().map(|name| match row.get(name) {
        Some(value) => Ok((name.clone(), value.clone())),
        None => {
            let fault = Fault::new(Code::UnknownField, format!("there is no field \"{name}\" in it"));
            let names = row.keys().map(String::as_str);
            Err(match nearest(name, names.clone()) {
                Some(near) => fault.with_field("fields").with_hint(format!("did you mean \"{near}\"?")),
                None => fault
                    .with_field("fields")
                    .with_hint(format!("there is: {}", names.collect::<Vec<_>>().join(", "))),
            })
        }
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn trim(input: Value) -> Result<Trim, Fault> {
        let Value::Object(mut input) = input else { panic!("an object") };
        Trim::taken_from(&mut input)
    }

    #[test]
    fn a_list_is_made_as_small_as_wanted() {
        let answer = json!({"guests": [{"vmid": 1, "name": "a"}, {"vmid": 2, "name": "b"}], "gaps": []});
        let small = trim(json!({"fields": "vmid", "limit": 1})).unwrap().applied(answer.clone(), "guests");
        assert_eq!(small.unwrap(), json!({"guests": [{"vmid": 1}], "gaps": [], "total": 2}));
        assert_eq!(trim(json!({})).unwrap().applied(answer.clone(), "guests").unwrap(), answer);
    }

    #[test]
    fn a_field_that_is_not_there_is_named_with_the_nearest() {
        let answer = json!({"guests": [{"vmid": 1, "name": "a"}]});
        let fault = trim(json!({"fields": "nam"})).unwrap().applied(answer, "guests").unwrap_err();
        assert_eq!((fault.code, fault.hint.as_deref()), (Code::UnknownField, Some("did you mean \"name\"?")));
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        for bad in [json!({"limit": 0}), json!({"limit": "x"}), json!({"limit": -1}), json!({"fields": 3})] {
            assert!(trim(bad.clone()).is_err(), "{bad}");
        }
    }
}
