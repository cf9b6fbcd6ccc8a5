//! One collection as a place for vectors: made when it is not there, recognised by its mark, and left alone when it is another's.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::try_join;
use labkeeper_core::ports::{Later, VectorServer};
use labkeeper_core::rank::index::Owner;
use labkeeper_core::vectors::{Label, Near, Neighbours, Point, PointId, Ready, Space, Standing, VectorError};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::condition::{self, KIND, OWNER, TAGS};
use crate::mark::{self, Mark};
use crate::settings::{NoClient, Settings};
use crate::wire::Wire;

/// Points of a page when all are listed.
const PAGE: usize = 2_000;
/// How often a place is looked at that others make and delete at the same time.
const TRIES: usize = 4;

/// A collection on a Qdrant server.
pub struct Qdrant {
    wire: Wire,
    patience: Duration,
    patience_with_batches: Duration,
    /// What was found or made there; whoever else makes the collection anew is noticed by it.
    settled: Mutex<Option<Space>>,
}

/// What a collection is found to be.
enum Found {
    Nothing,
    /// Of the right shape, empty and without a mark: half made, or made for us.
    Blank,
    Ours(Mark, Shape),
    Others(String),
}

/// Of which vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    size: usize,
    distance: String,
}

#[derive(Deserialize)]
struct Record {
    id: Value,
    #[serde(default)]
    payload: Value,
}

#[derive(Deserialize)]
struct Page {
    points: Vec<Record>,
    next_page_offset: Option<Value>,
}

#[derive(Deserialize)]
struct Count {
    count: usize,
}

#[derive(Deserialize)]
struct Updated {
    status: String,
}

#[derive(Deserialize)]
struct Scored {
    id: Value,
    score: f32,
}

#[derive(Deserialize)]
struct Answered {
    points: Vec<Scored>,
}

impl Qdrant {
    /// A client; nothing is asked yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, NoClient> {
        let (patience, patience_with_batches) = (settings.patience, settings.patience_with_batches);
        Ok(Self { wire: Wire::new(settings)?, patience, patience_with_batches, settled: Mutex::default() })
    }

    async fn make_ready(&self, space: &Space, replace: bool) -> Result<Ready, VectorError> {
        *self.settled() = None;
        let mut ready = Ready::Kept;
        for _ in 0..TRIES {
            match self.found(Some(space)).await? {
                Found::Nothing => self.make(space).await?,
                // Looked at once more: of two who mark it at the same time, one has come second.
                Found::Blank => {
                    self.index_labels().await?;
                    self.mark(space).await?;
                    ready = Ready::Made;
                }
                Found::Others(what) => return Err(self.not_ours(what)),
                Found::Ours(mark, _) if mark.lab != space.lab => return Err(self.of_another_lab()),
                Found::Ours(mark, shape) if mark.is_of_model(space) && shape.size == space.dimensions => {
                    *self.settled() = Some(space.clone());
                    return Ok(ready);
                }
                Found::Ours(mark, shape) if !replace => {
                    return Err(VectorError::OtherSpace {
                        place: self.wire.place().into(),
                        found: format!("{} ({} numbers)", mark.model(), shape.size),
                        expected: format!("{} ({} numbers)", space.model, space.dimensions),
                    });
                }
                Found::Ours(..) => self.delete().await?,
            }
        }
        Err(self.strange("others make and delete it at the same time"))
    }

    /// What is there. A collection is blank only for those vectors.
    async fn found(&self, space: Option<&Space>) -> Result<Found, VectorError> {
        let whole: Value = match self.wire.ask(Method::GET, "", None, self.patience).await {
            Ok(whole) => whole,
            Err(VectorError::Gone { .. }) => return Ok(Found::Nothing),
            Err(other) => return Err(other),
        };
        let vectors = whole.pointer("/config/params/vectors");
        let size = vectors.and_then(|vectors| vectors.get("size")?.as_u64());
        let distance = vectors.and_then(|vectors| vectors.get("distance")?.as_str());
        let (Some(size), Some(distance)) = (size, distance) else {
            return Ok(Found::Others("its vectors have names".into()));
        };
        let shape = Shape { size: usize::try_from(size).unwrap_or(usize::MAX), distance: distance.into() };
        let (mark, count) = match try_join(self.read_mark(), self.count()).await {
            Ok(read) => read,
            Err(VectorError::Gone { .. }) => return Ok(Found::Nothing),
            Err(other) => return Err(other),
        };
        let fits = |space: &Space| shape.size == space.dimensions && shape.distance == "Cosine";
        Ok(match mark {
            Some(mark) => Found::Ours(mark, shape),
            None if count == 0 && space.is_none_or(fits) => Found::Blank,
            None if count == 0 => {
                Found::Others(format!("it is empty, for {} numbers by {}", shape.size, shape.distance))
            }
            None => Found::Others(format!("{count} points without labkeeper's mark are in it")),
        })
    }

    /// Makes it. Whoever comes second finds it made.
    async fn make(&self, space: &Space) -> Result<(), VectorError> {
        let body = json!({"vectors": {"size": space.dimensions, "distance": "Cosine"}});
        match self.wire.ask::<bool>(Method::PUT, "", Some(&body), self.patience_with_batches).await {
            Ok(_) | Err(VectorError::Refused { status: 409, .. }) => {}
            // Before it had a status of its own.
            Err(VectorError::Refused { status: 400, said, .. }) if said.contains("already exists") => {}
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// An index for each field that is filtered by; one that is there stays.
    async fn index_labels(&self) -> Result<(), VectorError> {
        for field in [KIND, TAGS, OWNER] {
            let body = json!({"field_name": field, "field_schema": "keyword"});
            self.change(Method::PUT, "index?wait=true", &body).await?;
        }
        Ok(())
    }

    async fn mark(&self, space: &Space) -> Result<(), VectorError> {
        self.change(Method::PUT, "points?wait=true", &json!({"points": [Mark::point(space)]})).await
    }

    async fn read_mark(&self) -> Result<Option<Mark>, VectorError> {
        let body = json!({"ids": [mark::id().to_string()], "with_payload": true, "with_vector": false});
        let found: Vec<Record> = self.wire.ask(Method::POST, "points", Some(&body), self.patience).await?;
        Ok(found.first().and_then(|record| Mark::read(&record.payload)))
    }

    /// How many points there are, the mark among them.
    async fn count(&self) -> Result<usize, VectorError> {
        let body = json!({"exact": true});
        let count: Count = self.wire.ask(Method::POST, "points/count", Some(&body), self.patience).await?;
        Ok(count.count)
    }

    async fn delete(&self) -> Result<(), VectorError> {
        match self.wire.ask::<bool>(Method::DELETE, "", None, self.patience_with_batches).await {
            Ok(_) | Err(VectorError::Gone { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// A change that is in force when this returns.
    async fn change(&self, method: Method, path: &str, body: &Value) -> Result<(), VectorError> {
        let patience = self.patience_with_batches;
        let updated: Updated = self.wire.ask(method, path, Some(body), patience).await?;
        match updated.status.as_str() {
            "completed" => Ok(()),
            "acknowledged" | "wait_timeout" => {
                Err(VectorError::TooSlow { place: self.wire.place().into(), seconds: patience.as_secs() })
            }
            other => Err(self.strange(format!("an update is {other}"))),
        }
    }

    async fn list(&self) -> Result<Vec<(PointId, String)>, VectorError> {
        let mut held = Vec::new();
        let mut offset = Value::Null;
        loop {
            let mut body = json!({"limit": PAGE, "with_payload": ["print"], "with_vector": false});
            if !offset.is_null() {
                body["offset"] = offset.take();
            }
            let patience = self.patience_with_batches;
            let page: Page = self.wire.ask(Method::POST, "points/scroll", Some(&body), patience).await?;
            for record in page.points {
                // What others put into it goes by other names, and is not ours to judge.
                if let Some(id) = point_id(&record.id).filter(|id| *id != mark::id()) {
                    let print = record.payload.get("print").and_then(Value::as_str).unwrap_or_default();
                    held.push((id, print.to_owned()));
                }
            }
            match page.next_page_offset {
                Some(next) if !next.is_null() => offset = next,
                _ => return Ok(held),
            }
        }
    }

    async fn answers(&self, questions: &[Near]) -> Result<Vec<Neighbours>, VectorError> {
        let searches: Vec<Value> = questions
            .iter()
            .map(|near| {
                json!({
                    "query": near.vector, "filter": condition::filter(&near.among), "limit": near.limit,
                    "params": {"exact": near.exact}, "with_payload": false, "with_vector": false,
                })
            })
            .collect();
        let body = json!({"searches": searches});
        let answered: Vec<Answered> =
            self.wire.ask(Method::POST, "points/query/batch", Some(&body), self.patience).await?;
        if answered.len() != questions.len() {
            return Err(self.strange(format!("{} answers to {} questions", answered.len(), questions.len())));
        }
        let neighbours = |answered: Answered| {
            answered
                .points
                .into_iter()
                .filter_map(|scored| Some((point_id(&scored.id)?, scored.score)))
                .collect()
        };
        Ok(answered.into_iter().map(neighbours).collect())
    }

    async fn stands(&self) -> Result<Standing, VectorError> {
        let (mark, count) = try_join(self.read_mark(), self.count()).await?;
        // Whoever made it anew has not marked it yet, or never will; what was in it is gone.
        let mark = mark.ok_or_else(|| VectorError::Gone { place: self.wire.place().into() })?;
        match &*self.settled() {
            Some(space) if space.lab != mark.lab => return Err(self.of_another_lab()),
            Some(space) if !mark.is_of_model(space) => {
                return Err(VectorError::Gone { place: self.wire.place().into() });
            }
            _ => {}
        }
        Ok(Standing { points: count.saturating_sub(1), noted: mark.noted })
    }

    fn settled(&self) -> MutexGuard<'_, Option<Space>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn not_ours(&self, what: String) -> VectorError {
        VectorError::NotOurs { place: self.wire.place().into(), what }
    }

    fn of_another_lab(&self) -> VectorError {
        self.not_ours("it belongs to the hub of another lab".into())
    }

    fn strange(&self, reason: impl Into<String>) -> VectorError {
        VectorError::Strange { place: self.wire.place().into(), reason: reason.into() }
    }
}

impl VectorServer for Qdrant {
    fn place(&self) -> &str {
        self.wire.place()
    }

    fn prepare<'a>(&'a self, space: &'a Space, replace: bool) -> Later<'a, Result<Ready, VectorError>> {
        Box::pin(self.make_ready(space, replace))
    }

    fn look<'a>(&'a self, lab: Option<&'a str>) -> Later<'a, Result<Option<Standing>, VectorError>> {
        Box::pin(async move {
            match self.found(None).await? {
                Found::Nothing | Found::Blank => Ok(None),
                Found::Others(what) => Err(self.not_ours(what)),
                Found::Ours(mark, _) if lab.is_some_and(|lab| lab != mark.lab) => Err(self.of_another_lab()),
                Found::Ours(..) => self.stands().await.map(Some),
            }
        })
    }

    fn held(&self) -> Later<'_, Result<Vec<(PointId, String)>, VectorError>> {
        Box::pin(self.list())
    }

    fn put<'a>(&'a self, points: &'a [Point]) -> Later<'a, Result<(), VectorError>> {
        Box::pin(async move {
            if points.is_empty() {
                return Ok(());
            }
            let points: Vec<Value> = points.iter().map(written).collect();
            self.change(Method::PUT, "points?wait=true", &json!({"points": points})).await
        })
    }

    fn remove<'a>(&'a self, points: &'a [PointId]) -> Later<'a, Result<(), VectorError>> {
        Box::pin(async move {
            if points.is_empty() {
                return Ok(());
            }
            let points: Vec<String> = points.iter().map(PointId::to_string).collect();
            self.change(Method::POST, "points/delete?wait=true", &json!({"points": points})).await
        })
    }

    fn nearest<'a>(&'a self, questions: &'a [Near]) -> Later<'a, Result<Vec<Neighbours>, VectorError>> {
        Box::pin(self.answers(questions))
    }

    fn standing(&self) -> Later<'_, Result<Standing, VectorError>> {
        Box::pin(self.stands())
    }

    fn note(&self, event: i64) -> Later<'_, Result<(), VectorError>> {
        let body = json!({"payload": {"noted": event}, "points": [mark::id().to_string()]});
        Box::pin(async move { self.change(Method::POST, "points/payload?wait=true", &body).await })
    }

    fn clear<'a>(&'a self, lab: &'a str) -> Later<'a, Result<(), VectorError>> {
        Box::pin(async move {
            match self.found(None).await? {
                Found::Nothing | Found::Blank => Ok(()),
                Found::Others(what) => Err(self.not_ours(what)),
                Found::Ours(mark, _) if mark.lab != lab => Err(self.of_another_lab()),
                Found::Ours(..) => self.delete().await,
            }
        })
    }
}

fn written(point: &Point) -> Value {
    let Point { id, vector, label } = point;
    let Label { kind, id: number, tags } = label;
    let owner = match kind.as_str() {
        "memories" => Owner::Memory(*number),
        "changes" => Owner::Change(*number),
        _ => Owner::Item(*number),
    };
    let payload = json!({
        KIND: kind, "id": number, TAGS: tags, OWNER: condition::owner(owner), "print": label.print(),
    });
    json!({"id": id.to_string(), "vector": vector, "payload": payload})
}

fn point_id(value: &Value) -> Option<PointId> {
    value.as_str()?.parse().ok()
}
