//! What is asked, field by field: an unknown one is refused, as the real server does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::filter::Filter;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    pub(super) vectors: Vectors,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vectors {
    pub(super) size: u64,
    pub(super) distance: Distance,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Distance {
    Cosine,
    Dot,
    Euclid,
    Manhattan,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    pub(super) field_name: String,
    #[expect(dead_code, reason = "read so that an unknown one is refused")]
    pub(super) field_schema: FieldSchema,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FieldSchema {
    Keyword,
    Integer,
    Float,
    Bool,
    Uuid,
    Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upsert {
    pub(super) points: Vec<PointStruct>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PointStruct {
    pub(super) id: Value,
    pub(super) vector: Vec<f32>,
    #[serde(default)]
    pub(super) payload: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PointIds {
    pub(super) points: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPayload {
    pub(super) payload: Map<String, Value>,
    pub(super) points: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retrieve {
    pub(super) ids: Vec<Value>,
    #[serde(default)]
    pub(super) with_payload: Option<WithPayload>,
    #[serde(default)]
    pub(super) with_vector: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scroll {
    #[serde(default)]
    pub(super) offset: Option<Value>,
    #[serde(default)]
    pub(super) limit: Option<u64>,
    #[serde(default)]
    pub(super) filter: Option<Filter>,
    #[serde(default)]
    pub(super) with_payload: Option<WithPayload>,
    #[serde(default)]
    pub(super) with_vector: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountPoints {
    #[serde(default)]
    pub(super) filter: Option<Filter>,
    #[serde(default)]
    #[expect(dead_code, reason = "every count of the double is exact")]
    pub(super) exact: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    pub(super) searches: Vec<Search>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    pub(super) query: Vec<f32>,
    #[serde(default)]
    pub(super) filter: Option<Filter>,
    #[serde(default)]
    pub(super) limit: Option<u64>,
    #[serde(default)]
    #[expect(dead_code, reason = "every search of the double is exact")]
    pub(super) params: Option<SearchParams>,
    #[serde(default)]
    pub(super) with_payload: Option<WithPayload>,
    #[serde(default)]
    pub(super) with_vector: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read so that an unknown field is refused")]
pub(super) struct SearchParams {
    #[serde(default)]
    hnsw_ef: Option<u64>,
    #[serde(default)]
    exact: Option<bool>,
    #[serde(default)]
    indexed_only: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum WithPayload {
    All(bool),
    Fields(Vec<String>),
}

impl WithPayload {
    /// What of a payload is shown.
    pub(super) fn of(wanted: Option<&Self>, payload: &BTreeMap<String, Value>) -> Option<Value> {
        match wanted {
            None | Some(Self::All(false)) => None,
            Some(Self::All(true)) => serde_json::to_value(payload).ok(),
            Some(Self::Fields(fields)) => {
                let chosen: BTreeMap<_, _> = payload.iter().filter(|(key, _)| fields.contains(key)).collect();
                serde_json::to_value(chosen).ok()
            }
        }
    }
}
