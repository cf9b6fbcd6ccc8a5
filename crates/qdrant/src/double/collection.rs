//! A collection of the double: points by id, found by going through all of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::filter::Filter;
use super::requests::{Distance, PointStruct, Scroll, Search, SetPayload, Vectors, WithPayload};

/// Why a request is refused: the status, and the words of the real server.
pub(super) type Refusal = (u16, String);

/// By the text of their id: UUIDs in their order.
type Points = BTreeMap<String, Point>;

#[derive(Clone)]
struct Point {
    /// Of length one.
    vector: Vec<f32>,
    payload: BTreeMap<String, Value>,
}

#[derive(Clone)]
pub(super) struct Collection {
    size: usize,
    distance: Distance,
    points: Points,
    indexes: Vec<String>,
    operations: u64,
}

impl Collection {
    pub(super) fn new(vectors: &Vectors) -> Result<Self, Refusal> {
        let size = usize::try_from(vectors.size).ok().filter(|size| (1..=65_536).contains(size));
        let size =
            size.ok_or_else(|| unprocessable("vectors.size: value invalid, must be from 1 to 65536"))?;
        let (points, indexes) = (Points::new(), Vec::new());
        Ok(Self { size, distance: vectors.distance, points, indexes, operations: 0 })
    }

    pub(super) fn info(&self) -> Value {
        let schema: BTreeMap<&str, Value> = self
            .indexes
            .iter()
            .map(|field| (field.as_str(), json!({"data_type": "keyword", "points": self.points.len()})))
            .collect();
        json!({
            "status": "green", "optimizer_status": "ok", "indexed_vectors_count": 0,
            "points_count": self.points.len(), "segments_count": 2,
            "config": {
                "params": {
                    "vectors": {"size": self.size, "distance": format!("{:?}", self.distance)},
                    "shard_number": 1, "replication_factor": 1, "write_consistency_factor": 1, "on_disk_payload": true,
                },
                "hnsw_config": {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000},
                "optimizer_config": {"flush_interval_sec": 5},
            },
            "payload_schema": schema,
        })
    }

    pub(super) fn index(&mut self, field: String) -> Value {
        self.indexes.push(field);
        self.done()
    }

    /// All of them or none.
    pub(super) fn upsert(&mut self, points: Vec<PointStruct>) -> Result<Value, Refusal> {
        for point in &points {
            id_of(&point.id)?;
            self.check(&point.vector)?;
        }
        for point in points {
            let id = id_of(&point.id)?;
            let payload = point.payload.unwrap_or_default().into_iter().collect();
            self.points.insert(id, Point { vector: unit(&point.vector), payload });
        }
        Ok(self.done())
    }

    pub(super) fn delete(&mut self, ids: &[Value]) -> Result<Value, Refusal> {
        for id in ids {
            self.points.remove(&id_of(id)?);
        }
        Ok(self.done())
    }

    pub(super) fn set_payload(&mut self, asked: &SetPayload) -> Result<Value, Refusal> {
        for id in &asked.points {
            let id = id_of(id)?;
            let Some(point) = self.points.get_mut(&id) else {
                return Err((404, format!("Not found: No point with id {id} found")));
            };
            point.payload.extend(asked.payload.clone());
        }
        Ok(self.done())
    }

    pub(super) fn retrieve(&self, ids: &[Value], wanted: Option<&WithPayload>) -> Result<Value, Refusal> {
        let mut found = Vec::new();
        for id in ids {
            let id = id_of(id)?;
            if let Some(point) = self.points.get(&id) {
                found.push(shown(&id, point, wanted));
            }
        }
        Ok(found.into())
    }

    pub(super) fn scroll(&self, asked: &Scroll) -> Result<Value, Refusal> {
        let limit = count(asked.limit)?;
        let from = asked.offset.as_ref().map(id_of).transpose()?.unwrap_or_default();
        let mut matching = self.matching(asked.filter.as_ref()).filter(|(id, _)| **id >= from);
        let page: Vec<Value> = matching
            .by_ref()
            .take(limit)
            .map(|(id, point)| shown(id, point, asked.with_payload.as_ref()))
            .collect();
        Ok(json!({"points": page, "next_page_offset": matching.next().map(|(id, _)| id)}))
    }

    pub(super) fn count(&self, filter: Option<&Filter>) -> Value {
        json!({"count": self.matching(filter).count()})
    }

    pub(super) fn search(&self, asked: &Search) -> Result<Value, Refusal> {
        self.check(&asked.query)?;
        let limit = count(asked.limit)?;
        let query = unit(&asked.query);
        let mut found: Vec<(f32, &String, &Point)> = self
            .matching(asked.filter.as_ref())
            .map(|(id, point)| (query.iter().zip(&point.vector).map(|(a, b)| a * b).sum(), id, point))
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.truncate(limit);
        let points: Vec<Value> = found
            .into_iter()
            .map(|(score, id, point)| {
                let mut shown = shown(id, point, asked.with_payload.as_ref());
                shown["version"] = self.operations.into();
                shown["score"] = score.into();
                shown
            })
            .collect();
        Ok(json!({"points": points}))
    }

    fn matching<'a>(&'a self, filter: Option<&'a Filter>) -> impl Iterator<Item = (&'a String, &'a Point)> {
        self.points.iter().filter(move |(id, point)| {
            filter.is_none_or(|filter| filter.lets(&Value::String((*id).clone()), &point.payload))
        })
    }

    fn check(&self, vector: &[f32]) -> Result<(), Refusal> {
        let (expected, found) = (self.size, vector.len());
        if expected == found {
            return Ok(());
        }
        Err((400, format!("Wrong input: Vector dimension error: expected dim: {expected}, got {found}")))
    }

    fn done(&mut self) -> Value {
        self.operations += 1;
        json!({"operation_id": self.operations, "status": "completed"})
    }
}

pub(super) fn unprocessable(what: &str) -> Refusal {
    (422, format!("Validation error in JSON body: [{what}]"))
}

fn count(limit: Option<u64>) -> Result<usize, Refusal> {
    match limit.unwrap_or(10) {
        0 => Err(unprocessable("limit: value 0 invalid, must be 1 or larger")),
        limit => Ok(usize::try_from(limit).unwrap_or(usize::MAX)),
    }
}

/// Numbers and UUIDs are ids, in one order of their texts here.
fn id_of(id: &Value) -> Result<String, Refusal> {
    let wrong = || {
        let text = format!(
            "value {id} is not a valid point ID, valid values are either an unsigned integer or a UUID"
        );
        (400, format!("Format error in JSON body: {text}"))
    };
    match id {
        Value::Number(number) if number.is_u64() => Ok(number.to_string()),
        Value::String(text) => {
            let hex: String = text.chars().filter(|c| *c != '-').collect();
            let is_uuid = hex.len() == 32 && hex.chars().all(|c| c.is_ascii_hexdigit());
            if is_uuid { Ok(text.to_lowercase()) } else { Err(wrong()) }
        }
        _ => Err(wrong()),
    }
}

fn shown(id: &str, point: &Point, wanted: Option<&WithPayload>) -> Value {
    let id = id.parse::<u64>().map_or_else(|_| Value::from(id), Value::from);
    let mut shown = json!({"id": id});
    if let Some(payload) = WithPayload::of(wanted, &point.payload) {
        shown["payload"] = payload;
    }
    shown
}

/// Vectors are stored at length one where cosines are asked.
fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length <= f32::EPSILON { vector.to_vec() } else { vector.iter().map(|value| value / length).collect() }
}
