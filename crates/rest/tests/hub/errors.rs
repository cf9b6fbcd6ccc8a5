//! Mistakes of callers are 4xx with JSON, for every route (reference §2.7); panics are nobody else's business.

use serde_json::json;

use crate::hub::Hub;

#[tokio::test]
async fn each_mistake_has_its_status_and_touches_nothing() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "pve1"})).await["id"].clone();
    let vm = hub.make("vms", json!({"name": "vm", "hardware_id": host})).await["id"].clone();
    let before = hub.get("/api/inventory").send().await.text();
    let json_type = "application/json";
    for (method, path, kind, body, status, code) in [
        ("POST", "/api/hardware", json_type, "{\"name\": ", 400, "invalid"),
        ("POST", "/api/hardware", "text/plain", "{\"name\": \"x\"}", 415, "invalid"),
        ("POST", "/api/hardware", "", "{\"name\": \"x\"}", 415, "invalid"),
        ("POST", "/api/hardware", json_type, "{}", 400, "invalid"),
        ("POST", "/api/hardware", json_type, "[]", 400, "invalid"),
        ("POST", "/api/hardware", json_type, "[{\"name\": \"x\"}]", 400, "invalid"),
        ("POST", "/api/hardware", json_type, "null", 400, "invalid"),
        ("POST", "/api/hardware", json_type, "\"x\"", 400, "invalid"),
        ("POST", "/api/hardware", json_type, "{\"notes\": \"no name\"}", 400, "invalid"),
        ("POST", "/api/hardware", json_type, "{\"name\": \"x\", \"cpu_cores\": \"four\"}", 400, "invalid"),
        (
            "POST",
            "/api/hardware",
            json_type,
            "{\"name\": \"x\", \"cpu_cores\": 99999999999999999999}",
            400,
            "invalid",
        ),
        ("POST", "/api/hardware", json_type, "{\"name\": {\"nested\": 1}}", 400, "invalid"),
        ("POST", "/api/apps", json_type, "{\"name\": \"x\", \"https\": \"perhaps\"}", 400, "invalid"),
        ("POST", "/api/apps", json_type, "{\"name\": \"x\", \"port\": 99999999}", 400, "invalid"),
        ("POST", "/api/vms", json_type, "{\"name\": \"x\", \"hardware_id\": 4242}", 400, "invalid"),
        ("POST", "/api/storage", json_type, "{\"name\": \"x\", \"raw_space_tb\": \"much\"}", 400, "invalid"),
        ("POST", "/api/shares", json_type, "{\"name\": \"x\", \"storage_id\": 4242}", 400, "invalid"),
        ("POST", "/api/map/edges", json_type, "{\"source_type\": \"hardware\"}", 400, "invalid"),
        ("PUT", "/api/hardware/HOST", json_type, "{}", 400, "invalid"),
        ("PUT", "/api/hardware/HOST", json_type, "{\"name\": \"\"}", 400, "invalid"),
        ("PUT", "/api/hardware/VM", json_type, "{\"name\": \"x\"}", 404, "not_found"),
        ("GET", "/api/hardware/4242", "", "", 404, "not_found"),
        ("GET", "/api/hardware/abc", "", "", 404, "not_found"),
        ("GET", "/api/hardware/99999999999999999999", "", "", 404, "not_found"),
        ("GET", "/api/hardware/%ff", "", "", 404, "not_found"),
        ("GET", "/api/nonsense", "", "", 404, "not_found"),
        ("GET", "/api", "", "", 404, "not_found"),
        ("GET", "/api/", "", "", 404, "not_found"),
        ("POST", "/api/nonsense", json_type, "{}", 404, "not_found"),
        ("PUT", "/api/hardware", json_type, "{\"name\": \"x\"}", 405, "invalid"),
        ("DELETE", "/api/map/graph", "", "", 405, "invalid"),
        ("GET", "/api/status?verbose=1", "", "", 400, "unknown_field"),
        (
            "POST",
            "/api/links",
            json_type,
            "{\"from\": 1, \"to\": 2, \"rel\": \"parent\", \"colour\": 1}",
            400,
            "unknown_field",
        ),
    ] {
        let path = path.replace("HOST", &host.to_string()).replace("VM", &vm.to_string());
        let mut ask = hub.ask(method, &path).bytes(body);
        if !kind.is_empty() {
            ask = ask.header("content-type", kind);
        }
        let told = ask.send().await;
        assert_eq!(told.status, status, "{method} {path} {body}: {}", told.text());
        told.fails(status, code);
    }
    assert_eq!(hub.get("/api/inventory").send().await.text(), before);
}

#[tokio::test]
async fn an_empty_body_is_called_what_the_predecessor_called_it() {
    let hub = Hub::open().await;
    let host = hub.make("hardware", json!({"name": "pve1"})).await["id"].clone();
    let told = hub.put(&format!("/api/hardware/{host}"), json!({})).send().await;
    assert_eq!(told.fails(400, "invalid")["error"], "Request body required");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let hub = Hub::open().await;
    let told = hub.ask("DELETE", "/api/hardware").send().await;
    told.fails(405, "invalid");
    let allow = told.header("allow");
    assert!(allow.contains("GET") && allow.contains("POST") && !allow.contains("DELETE"), "{allow}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_an_import_may_be_larger() {
    let hub = Hub::open().await;
    let long = "x".repeat(5 * 1024 * 1024);
    hub.post("/api/misc", json!({"name": "big", "notes": long})).send().await.fails(413, "too_large");
    let import = hub
        .ask("POST", "/api/inventory/import")
        .header("content-type", "application/json")
        .bytes("{".repeat(6 << 20));
    let told = import.send().await;
    assert_ne!(told.status, 413, "{}", told.text());
}

#[tokio::test]
async fn a_number_out_of_bounds_is_named_and_told_its_bounds_in_words() {
    let hub = Hub::open().await;
    for (path, wants) in [
        ("/api/search?q=nas&limit=-1", "a whole number from 0, not -1"),
        ("/api/search?q=nas&limit=99999999999", "up to 4294967295"),
        ("/api/hardware?limit=-1", "a whole number from 0, not -1"),
    ] {
        let body = hub.get(path).send().await.fails(400, "invalid");
        assert_eq!(body["field"], "limit");
        assert!(body["error"].as_str().unwrap().contains(wants), "{body}");
    }
}

#[tokio::test]
async fn a_hint_names_what_was_probably_meant() {
    let hub = Hub::open().await;
    let told = hub.get("/api/changes?limt=3").send().await;
    let body = told.fails(400, "unknown_field");
    assert_eq!(body["field"], "limt");
    assert!(body["hint"].as_str().unwrap().contains("limit"), "{body}");
    for (asked, meant) in [("limt=3", "limit"), ("hostnam=x", "hostname"), ("tga=x", "tag")] {
        let body = hub.get(&format!("/api/vms?{asked}")).send().await.fails(400, "invalid");
        assert_eq!(body["field"], asked.split('=').next().unwrap());
        assert_eq!(body["hint"], format!("did you mean \"{meant}\"?"));
    }
}

#[tokio::test]
async fn a_caller_may_name_its_request() {
    let hub = Hub::open().await;
    let told = hub.get("/api/hardware/4242").header("x-request-id", "my-trace-7").send().await;
    assert_eq!(told.fails(404, "not_found")["request_id"], "my-trace-7");
    let told = hub.get("/api/hardware/4242").header("x-request-id", "a b\tc").send().await;
    assert!(!told.header("x-request-id").contains(' '));
}

#[tokio::test]
async fn a_panic_is_one_request_s_trouble() {
    let extra = axum::Router::new()
        .route("/mcp/panics", axum::routing::get(async || -> &'static str { panic!("secret state") }));
    let mut hub = Hub::open().await;
    hub.app = labkeeper_rest::app(hub.keeper.clone(), hub.options.clone(), extra).unwrap();
    let told = hub.get("/mcp/panics").send().await;
    let body = told.fails(500, "internal");
    assert!(!body.to_string().contains("secret state"));
    assert_eq!(hub.get("/api/health").send().await.status, 200);
}
