//! `/livez` and `/readyz`: does it live, can it work, and what is degraded.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use labkeeper_core::actor::Actor;
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};

use crate::rest::Rest;

/// Longer than a usual write, shorter than a prober's patience.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process answers.
pub(crate) async fn live() -> Response {
    answer(StatusCode::OK, &json!({"status": "ok"}))
}

/// The hub can do its work. Degraded parts are named and do not make it unready.
pub(crate) async fn ready(State(rest): State<Arc<Rest>>) -> Response {
    if rest.keeper.ending().is_cancelled() {
        let hub = json!({"ok": false, "reason": "it is shutting down"});
        return answer(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({"status": "unready", "checks": {"hub": hub}}),
        );
    }
    let database = match tokio::time::timeout(PATIENCE, rest.keeper.store().write()).await {
        Ok(Ok(_)) => json!({"ok": true}),
        Ok(Err(_)) => json!({"ok": false, "reason": "the database cannot be written; the log says why"}),
        // Somebody else's long import holds the pen; reads go on.
        Err(_) => json!({"ok": true, "degraded": "another write has been running for more than two seconds"}),
    };
    let ok = database["ok"] == true;
    let search = known_to_strangers(&search(&rest).await.unwrap_or(Value::Null));
    let redis = rest.keeper.relay_works().map(redis);
    let bucket = rest.keeper.bucket_works().map(bucket);
    let parts = [Some(&database), Some(&search), redis.as_ref(), bucket.as_ref()];
    let degraded = parts.into_iter().flatten().any(|part| part.get("degraded").is_some());
    let status = match (ok, degraded) {
        (false, _) => "unready",
        (true, true) => "degraded",
        (true, false) => "ready",
    };
    let code = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut checks = json!({"database": database, "search": search});
    for (name, server) in [("redis", redis), ("bucket", bucket)] {
        if let Some(server) = server {
            checks[name] = server;
        }
    }
    answer(code, &json!({"status": status, "checks": checks}))
}

/// Never unready: each process has its own way without it.
fn redis(works: bool) -> Value {
    if works {
        return json!({});
    }
    json!({"degraded": "it is of no use, so each process counts, looks for writes and keeps answers by itself; the log and `labkeeper doctor` say why"})
}

/// Never unready: all but writing files of the lab works without it.
fn bucket(works: bool) -> Value {
    if works {
        return json!({});
    }
    json!({"degraded": "it is of no use, so no file of the lab can be written from here; the log and `labkeeper doctor` say why"})
}

/// Anybody may ask, so paths and names stay inside.
fn known_to_strangers(search: &Value) -> Value {
    let mut told = json!({"pending": search["pending"]});
    if !search["degraded"].is_null() {
        told["degraded"] = "search by meaning is off; /api/status says why".into();
    }
    told
}

/// What the hub says of its search, from the operation that answers `/api/status`.
pub(crate) async fn search(rest: &Rest) -> Option<Value> {
    let registry = rest.keeper.registry();
    let status =
        registry.iter().find(|entry| entry.meta.routes.iter().any(|route| route.path == "/api/status"))?;
    let call = Call::new(Actor::system("probe"), status.meta.name, Value::Null);
    let mut answer = rest.keeper.call(call).await.ok()?.output;
    let answer = if answer.get("data").is_some() { answer["data"].take() } else { answer };
    answer.get("search").cloned()
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
