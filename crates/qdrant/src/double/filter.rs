//! Filters: all of `must`, none of `must_not`, and one of `should` when there are any. A value in a list is enough for a match.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    #[serde(default)]
    must: Vec<Condition>,
    #[serde(default)]
    should: Vec<Condition>,
    #[serde(default)]
    must_not: Vec<Condition>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Condition {
    Field(Field),
    HasId(HasId),
    Nested(Filter),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    key: String,
    r#match: Match,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HasId {
    has_id: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Match {
    Value(Value),
    Any(Vec<Value>),
    Except(Vec<Value>),
}

impl Filter {
    pub(super) fn lets(&self, id: &Value, payload: &BTreeMap<String, Value>) -> bool {
        let holds = |condition: &Condition| condition.holds(id, payload);
        self.must.iter().all(holds)
            && !self.must_not.iter().any(holds)
            && (self.should.is_empty() || self.should.iter().any(holds))
    }
}

impl Condition {
    fn holds(&self, id: &Value, payload: &BTreeMap<String, Value>) -> bool {
        match self {
            Self::HasId(wanted) => wanted.has_id.contains(id),
            Self::Nested(filter) => filter.lets(id, payload),
            Self::Field(field) => {
                let values = match payload.get(&field.key) {
                    None | Some(Value::Null) => &[][..],
                    Some(Value::Array(values)) => values,
                    Some(value) => std::slice::from_ref(value),
                };
                match &field.r#match {
                    Match::Value(wanted) => values.contains(wanted),
                    Match::Any(wanted) => values.iter().any(|value| wanted.contains(value)),
                    Match::Except(wanted) => values.iter().any(|value| !wanted.contains(value)),
                }
            }
        }
    }
}
