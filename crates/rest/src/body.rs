//! Reading a request's body: bounded in size and time, and JSON only when it says so.

use std::error::Error;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use labkeeper_core::fault::{Code, Fault};
use serde_json::Value;

use crate::failure::Failure;

/// Most bytes of an ordinary body, as in the predecessor.
pub(crate) const USUAL: usize = 5 * 1024 * 1024;
/// Most bytes of an inventory to import; the predecessor could not restore its own large backups.
pub(crate) const IMPORT: usize = 64 * 1024 * 1024;
/// For the whole body.
const PATIENCE: Duration = Duration::from_secs(120);

/// The whole body.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Failure> {
    let too_large =
        || Failure::from(Fault::new(Code::TooLarge, format!("the body is larger than {} MiB", limit >> 20)));
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length_limit(&error) => Err(too_large()),
        Ok(Err(_)) => Err(Failure::from(Fault::new(Code::Invalid, "the body broke off"))),
        Err(_) => Err(Failure::http(
            StatusCode::REQUEST_TIMEOUT,
            Code::Invalid,
            "the body took longer than two minutes",
        )),
    }
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The body as JSON; `None` when it is empty.
pub(crate) fn json(headers: &HeaderMap, bytes: &[u8]) -> Result<Option<Value>, Failure> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"));
    if !is_json {
        let message = "the body must be JSON, and say so";
        return Err(Failure::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::Invalid, message)
            .hint("send the header Content-Type: application/json"));
    }
    serde_json::from_slice(bytes).map(Some).map_err(|error| {
        Failure::from(
            Fault::new(Code::Invalid, format!("the body is not JSON: {error}"))
                .with_hint("nothing was changed"),
        )
    })
}
