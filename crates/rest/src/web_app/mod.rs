//! The web app, as it was built into the binary.

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use labkeeper_core::fault::Code;

use crate::answer;
use crate::failure::Failure;

struct File {
    path: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/web_app_files.rs"));

/// A file of the app; any other address is one of the app's pages, and the app itself knows which.
pub(crate) fn serve(method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let wrong = Failure::http(
            StatusCode::METHOD_NOT_ALLOWED,
            Code::Invalid,
            format!("{method} is not possible here"),
        );
        return ([("allow", "GET, HEAD")], wrong).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.') && !path.starts_with("assets/");
    match find(path).or_else(|| find("index.html").filter(|_| is_page)) {
        Some(file) => sent(file, headers),
        None => Failure::http(StatusCode::NOT_FOUND, Code::NotFound, "there is no such file").into_response(),
    }
}

fn find(path: &str) -> Option<&'static File> {
    let position = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    FILES.get(position)
}

fn sent(file: &'static File, headers: &HeaderMap) -> Response {
    let (coding, bytes) = chosen(file, headers);
    let mut response = if answer::known(headers, file.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(bytes).into_response()
    };
    let told = response.headers_mut();
    told.insert(CONTENT_TYPE, HeaderValue::from_static(mime(file.path)));
    told.insert(ETAG, HeaderValue::from_static(file.etag));
    told.insert(VARY, HeaderValue::from_static("accept-encoding"));
    // Names under assets/ carry a hash of their content.
    let keep =
        if file.path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    told.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    // `identity` too: the bytes are final, nothing shall compress them again.
    if let Some(coding) = coding {
        told.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

/// The smallest form the browser takes.
fn chosen(file: &'static File, headers: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |coding: &str| {
        accepted.split(',').any(|part| {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let never = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0));
            name.trim().eq_ignore_ascii_case(coding) && !never
        })
    };
    match (file.br, file.gz) {
        (Some(bytes), _) if takes("br") => (Some("br"), bytes),
        (_, Some(bytes)) if takes("gzip") => (Some("gzip"), bytes),
        _ => (None, file.plain),
    }
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
