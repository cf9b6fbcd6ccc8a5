//! Which points come into question, as Qdrant's filters say it.

use labkeeper_core::rank::index::Owner;
use labkeeper_core::vectors::{Among, PointId};
use serde_json::{Value, json};

use crate::mark;

/// The fields that are filtered by, and get an index each. An owner is a kind of record and an id.
pub(crate) const KIND: &str = "kind";
pub(crate) const TAGS: &str = "tags";
pub(crate) const OWNER: &str = "owner";

/// The filter. The mark is no text and never comes into question.
pub(crate) fn filter(among: &Among) -> Value {
    let mut must = Vec::new();
    if !among.kinds.is_empty() {
        must.push(json!({"key": KIND, "match": {"any": among.kinds}}));
    }
    // A list of tags matches when one of them is the value.
    must.extend(among.tags.iter().map(|tag| json!({"key": TAGS, "match": {"value": tag}})));
    if let Some(owners) = &among.owners {
        let owners: Vec<String> = owners.iter().copied().map(owner).collect();
        must.push(json!({"key": OWNER, "match": {"any": owners}}));
    }
    if let Some(points) = &among.points {
        must.push(json!({"has_id": points.iter().map(PointId::to_string).collect::<Vec<_>>()}));
    }
    json!({"must": must, "must_not": [{"has_id": [mark::id().to_string()]}]})
}

/// What an owner is called in a payload.
pub(crate) fn owner(owner: Owner) -> String {
    match owner {
        Owner::Item(id) => format!("item:{id}"),
        Owner::Memory(id) => format!("memory:{id}"),
        Owner::Change(id) => format!("change:{id}"),
    }
}
