//! What of a request can be told: to the log, while it runs, its id; to whoever collects spans, at its end, also what it was for.

use axum::http::Method;
use tracing::Span;
use tracing::field::Empty;

use crate::metrics;

/// The span that a request is answered in. What is empty comes where spans are collected, and at the end: lines of the log stay short.
pub(crate) fn of(id: &str) -> Span {
    tracing::error_span!(
        "request",
        request.id = id,
        trace_id = Empty,
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty,
        url.path = Empty
    )
}

/// Notes what it was for, with the route and the path that was asked for where there is a route, and how it came out.
pub(crate) fn ended(span: &Span, method: &Method, asked: Option<(&str, &str)>, status: u16) {
    span.record("http.request.method", metrics::known(method).unwrap_or("_OTHER"));
    span.record("http.response.status_code", status);
    if let Some((route, path)) = asked {
        span.record("http.route", route);
        span.record("url.path", plain(route, path));
    }
}

/// The path with the numbers that it has in it, and without the words: those a caller chose.
fn plain(route: &str, path: &str) -> String {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if route.split('/').count() != path.split('/').count() {
        return route.to_owned();
    }
    let parts = route.split('/').zip(path.split('/'));
    let parts: Vec<&str> = parts
        .map(|(named, asked)| if named.starts_with('{') && is_number(asked) { asked } else { named })
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_path_tells_which_item_and_no_words_of_its_caller() {
        for (route, path, told) in [
            ("/api/vms/{id}", "/api/vms/12", "/api/vms/12"),
            ("/api/users/{name}", "/api/users/s3cret", "/api/users/{name}"),
            ("/api/vms/{id}", "/api/vms/12/s3cret", "/api/vms/{id}"),
            ("/healthz", "/healthz", "/healthz"),
        ] {
            assert_eq!(plain(route, path), told, "{route}");
        }
    }
}
