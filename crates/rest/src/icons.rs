//! `GET /api/icons/{sha256}`: uploaded images. Their address is their content, so browsers keep them for ever.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use labkeeper_core::fault::Fault;

use crate::answer;
use crate::failure::Failure;
use crate::rest::Rest;

/// An SVG opened by itself may draw and nothing else.
const DRAW_ONLY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

pub(crate) async fn icon(
    State(rest): State<Arc<Rest>>,
    sha256: Result<Path<String>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let missing = || Fault::not_found("there is no such icon");
    let Path(sha256) = sha256.map_err(|_| missing())?;
    let tag = format!("\"{sha256}\"");
    let mut view = rest.keeper.store().read().await.map_err(Fault::from)?;
    let icon = view.icon(&sha256).await.map_err(Fault::from)?.ok_or_else(missing)?;
    let mut response = if answer::known(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, icon.mime)], icon.bytes).into_response()
    };
    let fixed = [
        (ETAG, tag.as_str()),
        (CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (CONTENT_SECURITY_POLICY, DRAW_ONLY),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, value.parse().map_err(|error| Fault::internal(&error))?);
    }
    Ok(response)
}
