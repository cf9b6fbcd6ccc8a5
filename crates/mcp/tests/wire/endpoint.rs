//! The endpoint's own rules: who is let in, from where, with how much.

use labkeeper_mcp::{HttpOptions, PROTECTED_RESOURCE};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::http::{Served, client, stateless_headers};
use crate::pipes::{initialize, stateless};

#[tokio::test]
async fn nobody_passes_without_a_token_and_is_told_how_to_get_in() {
    let hub = Served::new().await;
    let response = hub.post("guessed", &initialize("2025-11-25")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_string();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    let metadata = challenge.split('"').nth(3).unwrap();
    assert_eq!(metadata, format!("{}{PROTECTED_RESOURCE}", hub.url));
    let metadata: Value = client().get(metadata).send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["resource"], format!("{}/mcp", hub.url));
    assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
}

#[tokio::test]
async fn foreign_names_and_foreign_pages_are_refused() {
    let hub = Served::new().await;
    for (header, value, status) in [
        ("host", "evil.example.com", StatusCode::FORBIDDEN),
        ("host", "192.0.2.7.example.com:8000", StatusCode::FORBIDDEN),
        ("host", "192.0.2.7:8000", StatusCode::OK),
        ("host", "[2001:db8::7]:8000", StatusCode::OK),
        ("origin", "http://evil.example.com", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("origin", "http://localhost:5173", StatusCode::OK),
    ] {
        let response =
            hub.post("full", &initialize("2025-11-25")).header(header, value).send().await.unwrap();
        assert_eq!(response.status(), status, "{header}: {value}");
    }
}

#[tokio::test]
async fn a_name_that_was_configured_is_allowed() {
    let options = HttpOptions { allowed_hosts: vec!["lab.example.net".into()], ..HttpOptions::default() };
    let hub = Served::at("127.0.0.1:0", options).await;
    let response =
        hub.post("full", &initialize("2025-11-25")).header("host", "lab.example.net").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let hub = Served::at("127.0.0.1:0", HttpOptions { max_body_bytes: 1024, ..HttpOptions::default() }).await;
    let mut message = initialize("2025-11-25");
    message["params"]["clientInfo"]["name"] = "x".repeat(2048).into();
    let response = hub.post("full", &message).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn headers_that_say_something_else_than_the_body_are_refused() {
    let hub = Served::new().await;
    let message = stateless(1, "tools/call", json!({"name": "app_status"}));
    let other = stateless(1, "tools/call", json!({"name": "inventory_list"}));
    let response = stateless_headers(hub.post("full", &message), &other).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], -32020);
}
