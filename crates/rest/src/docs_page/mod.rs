//! `/api/docs-ui`: a reference that draws `/api/openapi.json`, without anything from elsewhere.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

pub(crate) async fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("page.html"))
}

pub(crate) async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("page.js"))
}

pub(crate) async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("page.css"))
}

fn file(mime: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, mime)], text).into_response()
}
