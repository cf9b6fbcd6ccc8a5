//! What the hub wants to read about a message without opening it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// First revision without sessions; revisions are dates and compare as text.
const STATELESS: &str = "2026-07-28";

/// The revision that a request names by itself, if it is one without sessions.
pub(super) fn stateless_revision(message: &Value) -> Option<&str> {
    let named = message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"].as_str();
    named.filter(|revision| *revision >= STATELESS)
}

/// Headers that repeat what the body of such a request says.
pub(super) fn routing(message: &Value, revision: &str) -> HeaderMap {
    let method = message["method"].as_str().unwrap_or_default();
    let name = match method {
        "tools/call" | "prompts/get" => message["params"]["name"].as_str(),
        "resources/read" => message["params"]["uri"].as_str(),
        "tasks/get" | "tasks/update" | "tasks/cancel" => message["params"]["taskId"].as_str(),
        _ => None,
    };
    let named = [("mcp-protocol-version", Some(revision)), ("mcp-method", Some(method)), ("mcp-name", name)];
    let known = named
        .into_iter()
        .filter_map(|(header, value)| Some((HeaderName::from_static(header), encoded(value?))));
    known.collect()
}

/// Text as it may stand in a header; what may not is wrapped in base64.
fn encoded(text: &str) -> HeaderValue {
    let plain = text.trim() == text && text.is_ascii() && !text.starts_with("=?base64?");
    let value = if plain { HeaderValue::from_str(text).ok() } else { None };
    value.unwrap_or_else(|| {
        let wrapped = format!("=?base64?{}?=", STANDARD.encode(text));
        HeaderValue::from_str(&wrapped).expect("base64 is visible ASCII")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stateless_request_is_named_in_headers_whatever_its_letters() {
        let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"});
        let message = json!({"method": "tools/call", "params": {"name": "späti", "_meta": meta}});
        let revision = stateless_revision(&message).expect("it names one");
        let headers = routing(&message, revision);
        assert_eq!(headers["mcp-method"], "tools/call");
        assert_eq!(headers["mcp-name"], "=?base64?c3DDpHRp?=");
        assert_eq!(stateless_revision(&json!({"method": "ping"})), None);
    }
}
