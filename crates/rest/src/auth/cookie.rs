//! The session cookie: its name says whether it may travel unencrypted.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// Over TLS: the browser itself refuses it without `Secure`, with a `Domain`, or from a subdomain.
const OVER_TLS: &str = "__Host-labkeeper";
const PLAIN: &str = "labkeeper";

/// The session's secret, if the browser sent one.
pub(super) fn secret(headers: &HeaderMap, https: bool) -> Option<String> {
    let wanted = name(https);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, secret)| secret.to_string())
        .filter(|secret| !secret.is_empty())
}

/// Keeps the session in the browser for so many seconds.
pub(super) fn keep(secret: &str, seconds: i64, https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let cookie =
        format!("{}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(https));
    HeaderValue::try_from(cookie).ok()
}

/// Takes it away.
pub(super) fn drop(https: bool) -> Option<HeaderValue> {
    keep("", 0, https)
}

fn name(https: bool) -> &'static str {
    if https { OVER_TLS } else { PLAIN }
}
