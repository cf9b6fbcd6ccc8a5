//! `GET /api/events`: what happens, as server-sent events. Every follower reads the outbox from its own position, so
//! one that lagged or was away is replayed and none is told by another.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Extension, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use labkeeper_core::actor::Via;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::keeper::Edition;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::auth::Pass;
use crate::failure::Failure;
use crate::followers::Seat;
use crate::rest::Rest;

const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often somebody looks whether another process wrote, and whether the follower may still listen.
const LOOK: Duration = Duration::from_secs(1);
const BATCH: i64 = 200;

/// An event in wire form.
struct Happened {
    seq: i64,
    name: String,
    data: String,
}

struct Follower {
    rest: Arc<Rest>,
    pass: Pass,
    committed: watch::Receiver<Edition>,
    /// Number of the last event that was sent or skipped.
    position: i64,
    waiting: VecDeque<Happened>,
    _seat: Seat,
}

pub(crate) async fn events(
    State(rest): State<Arc<Rest>>,
    Extension(pass): Extension<Pass>,
    request: Request,
) -> Result<Response, Failure> {
    let Some(seat) = rest.followers.seat() else {
        return Err(Failure::http(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::Unavailable,
            "too many live streams are open",
        ));
    };
    let asked = asked_from(request.headers(), request.uri())?;
    let committed = rest.keeper.store().watch();
    let mut view = rest.keeper.store().read().await.map_err(Fault::from)?;
    let last = view.last_event().await.map_err(Fault::from)?;
    let oldest = view.first_event().await.map_err(Fault::from)?;
    drop(view);
    // A position of another database, or from before what is kept, cannot be replayed: the client reads anew.
    let position = asked.filter(|asked| (oldest - 1..=last).contains(asked));
    let hello = json!({"seq": position.unwrap_or(last), "missed": asked.is_some() && position.is_none()});
    let shutdown = rest.options.shutdown.clone();
    let position = position.unwrap_or(last);
    let follower = Follower { rest, pass, committed, position, waiting: VecDeque::new(), _seat: seat };
    let first = stream::once(async move { Ok(Sent::default().event("hello").data(hello.to_string())) });
    let rest = stream::unfold(follower, |mut follower| async move {
        follower.next().await.map(|event| (Ok::<_, Infallible>(event), follower))
    });
    let all = futures::StreamExt::chain(first, rest);
    let all = futures::StreamExt::take_until(all, async move { shutdown.cancelled().await });
    let mut response =
        Sse::new(all).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("")).into_response();
    response.headers_mut().insert("x-accel-buffering", "no".parse().map_err(|e| Fault::internal(&e))?);
    Ok(response)
}

impl Follower {
    /// The next event, whenever it comes; `None` when the follower may not listen any more.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.position = event.seq;
                // Who may come in is nobody's business but the gate's.
                if event.name != "access" {
                    return Some(
                        Sent::default().id(event.seq.to_string()).event(event.name).data(event.data),
                    );
                }
                continue;
            }
            self.committed.borrow_and_update();
            let mut view = self.rest.keeper.store().read().await.ok()?;
            let events = view.events_after(self.position, BATCH).await.ok()?;
            drop(view);
            self.waiting = events
                .into_iter()
                .map(|event| Happened { seq: event.seq, data: without_nulls(&event), name: event.r#type })
                .collect();
            if !self.waiting.is_empty() {
                continue;
            }
            tokio::select! {
                changed = self.committed.changed() => changed.ok()?,
                () = tokio::time::sleep(LOOK) => self.look().await?,
            }
        }
    }

    async fn look(&self) -> Option<()> {
        match &self.pass.credential {
            Some(credential) => {
                let address = self.pass.visit.address;
                self.rest.keeper.authenticate(credential, Via::Rest, address).await.ok()?;
            }
            None => self.rest.is_open().await.ok().filter(|open| *open).map(drop)?,
        }
        if let Ok(mut looked) = self.rest.followers.looked.try_lock()
            && looked.is_none_or(|at| at.elapsed() >= LOOK)
        {
            if let Err(error) = self.rest.keeper.store().notice_foreign_writes().await {
                tracing::warn!(%error, "could not look for writes of other processes");
            }
            *looked = Some(Instant::now());
        }
        Some(())
    }
}

fn asked_from(headers: &HeaderMap, uri: &axum::http::Uri) -> Result<Option<i64>, Failure> {
    let query = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|query| query.0).unwrap_or_default();
    let query = query.into_iter().find(|(name, _)| name == "last_event_id").map(|(_, value)| value);
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_string);
    match header.or(query).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.trim().parse().map(Some).map_err(|_| {
            Fault::invalid("last_event_id", "Last-Event-ID wants the number of an event").into()
        }),
    }
}

fn without_nulls(event: &impl Serialize) -> String {
    let mut data = serde_json::to_value(event).unwrap_or_default();
    if let Some(object) = data.as_object_mut() {
        object.retain(|_, value| *value != Value::Null);
    }
    data.to_string()
}
