//! `GET /metrics`: what is counted, and what is read when somebody asks.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use labkeeper_core::fault::Fault;

use crate::failure::Failure;
use crate::metrics::Reading;
use crate::probes;
use crate::rest::Rest;

pub(crate) async fn scrape(State(rest): State<Arc<Rest>>) -> Result<Response, Failure> {
    let figures = rest.keeper.figures().await?;
    let search = probes::search(&rest).await;
    let text = rest.metrics.text(&Reading {
        items: figures.items,
        audit: figures.audit,
        events: figures.events,
        pending: search.and_then(|search| search["pending"].as_i64()),
        followers: rest.followers.count(),
        waiting: figures.waiting,
        owed: figures.owed,
        redis: rest.keeper.relay_works(),
        bucket: rest.keeper.bucket_works(),
        vectors: rest.keeper.vectors_work(),
        memory: resident_bytes().await,
    });
    let text = text.map_err(|error| Fault::internal(&error))?;
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}

/// Resident memory of this process where the system tells.
async fn resident_bytes() -> Option<f64> {
    let status = tokio::fs::read_to_string("/proc/self/status").await.ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kib| kib * 1024.0)
}
