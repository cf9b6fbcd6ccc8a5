//! From what came of a call to a response.

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::change::{Effect, Reversal};
use labkeeper_core::fault::Fault;
use labkeeper_ops::cache::Rendered;
use labkeeper_ops::keeper::Answer;
use labkeeper_ops::operation::Route;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::failure::Failure;

const CHANGE_ID: HeaderName = HeaderName::from_static("x-change-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What an operation with that effect did. Beside what the predecessor answered, a write that the journal keeps says
/// under which number: clients of the predecessor read `data` or `message` and pass over it.
pub(crate) fn done(route: &Route, effect: Effect, answer: Answer) -> Response {
    let Answer { mut output, change_id, dry_run, .. } = answer;
    if route.download && !dry_run {
        return file(&output);
    }
    if effect == Effect::Write(Reversal::Journal)
        && !dry_run
        && let Some(object) = output.as_object_mut()
    {
        object.insert("change_id".into(), change_id.into());
    }
    let status =
        if dry_run { StatusCode::OK } else { StatusCode::from_u16(route.status).unwrap_or(StatusCode::OK) };
    let mut response = (status, [(CONTENT_TYPE, JSON)], output.to_string()).into_response();
    if let Some(id) = change_id {
        response.headers_mut().insert(CHANGE_ID, id.into());
    }
    response
}

/// A read that was kept: not sent again to those who have it.
pub(crate) fn rendered(headers: &HeaderMap, rendered: Rendered) -> Response {
    // Weak, because the bytes may be compressed on the way.
    let tag = format!("W/{}", rendered.etag);
    let known = known(headers, &rendered.etag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, JSON)], Body::from(Bytes::from_owner(rendered.body))).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    response
}

/// Whether the caller has exactly that.
pub(crate) fn known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
        })
}

fn file(output: &Value) -> Response {
    let text = |name: &str| output[name].as_str();
    let Some(content) = text("content") else {
        return Failure::from(Fault::internal(&"a download without content")).into_response();
    };
    let body = match text("encoding") {
        Some("base64") => match STANDARD.decode(content) {
            Ok(bytes) => Body::from(bytes),
            Err(error) => return Failure::from(Fault::internal(&error)).into_response(),
        },
        _ => Body::from(content.to_string()),
    };
    let mime = text("mime").and_then(|mime| HeaderValue::try_from(mime).ok());
    let name = text("file_name").unwrap_or("labkeeper");
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, mime.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}
