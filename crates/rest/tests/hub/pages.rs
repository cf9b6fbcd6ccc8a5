//! The web app, the reference page, probes, figures, and the headers around all of them.

use serde_json::json;

use crate::hub::Hub;

#[tokio::test]
async fn every_address_of_the_app_is_the_app_and_missing_files_are_missing() {
    let hub = Hub::open().await;
    let index = hub.get("/").send().await;
    assert_eq!(index.status, 200);
    assert!(
        index.header("content-type").starts_with("text/html") && index.header("cache-control") == "no-cache"
    );
    for page in ["/inventory/vms", "/map", "/items/12", "/apiary"] {
        let told = hub.get(page).send().await;
        assert_eq!((told.status.as_u16(), &told.body), (200, &index.body), "{page}");
    }
    for missing in ["/assets/gone.js", "/assets/gone", "/robots.php", "/../Cargo.toml"] {
        hub.get(missing).send().await.fails(404, "not_found");
    }
    let again = hub.get("/").header("if-none-match", index.header("etag")).send().await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    hub.ask("POST", "/inventory/vms").send().await.fails(405, "invalid");
    let head = hub.ask("HEAD", "/").send().await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_it_may_do() {
    let hub = Hub::open().await;
    for path in
        ["/", "/api/hardware", "/api/nonsense", "/api/docs-ui", "/livez", "/assets/gone.js", "/metrics"]
    {
        let told = hub.get(path).send().await;
        let policy = told.header("content-security-policy");
        for rule in [
            "default-src 'self'",
            "script-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert_eq!(told.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(told.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(told.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(told.header("permissions-policy").contains("camera=()"), "{path}");
        assert!(!told.headers.contains_key("access-control-allow-origin"), "{path}");
        assert!(!told.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_ask() {
    let hub = Hub::open().await;
    for number in 0..50 {
        hub.make("misc", json!({"name": format!("thing {number}")})).await;
    }
    let plain = hub.get("/api/misc").send().await;
    assert_eq!(plain.header("content-encoding"), "");
    for coding in ["gzip", "br", "zstd"] {
        let told = hub.get("/api/misc").header("accept-encoding", coding).send().await;
        assert_eq!(told.header("content-encoding"), coding);
        assert!(
            told.body.len() * 4 < plain.body.len(),
            "{coding}: {} of {}",
            told.body.len(),
            plain.body.len()
        );
    }
}

#[tokio::test]
async fn the_reference_page_stands_on_its_own() {
    let hub = Hub::open().await;
    let page = hub.get("/api/docs-ui").send().await;
    assert!(page.header("content-type").starts_with("text/html"));
    let text = page.text();
    assert!(
        !text.contains("http://")
            && !text.contains("https://")
            && !text.contains("<style")
            && !text.contains("onclick")
    );
    let parts = text.split('"').filter(|part| part.starts_with("/api/"));
    let mut seen = 0;
    for part in parts {
        assert_eq!(hub.get(part).send().await.status, 200, "{part}");
        seen += 1;
    }
    assert!(seen >= 3, "script, style and document");
    let document = hub.get("/api/openapi.json").send().await.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/containers/{id}"]["patch"].is_object());
}

#[tokio::test]
async fn probes_say_whether_it_lives_and_can_work() {
    let hub = Hub::open().await;
    assert_eq!(hub.get("/api/health").send().await.json(), json!({"status": "ok"}));
    assert_eq!(hub.get("/livez").send().await.status, 200);
    let ready = hub.get("/readyz").send().await;
    assert_eq!(ready.status, 200, "{}", ready.text());
    assert_eq!(ready.json()["checks"]["database"]["ok"], true);
    hub.keeper.store().close().await;
    let unready = hub.get("/readyz").send().await;
    assert_eq!((unready.status.as_u16(), unready.json()["status"].clone()), (503, json!("unready")));
    assert_eq!(hub.get("/livez").send().await.status, 200);
}

#[tokio::test]
async fn figures_count_requests_by_route_and_the_inventory_by_kind() {
    let hub = Hub::open().await;
    let row = hub.make("hardware", json!({"name": "pve1"})).await;
    hub.get(&format!("/api/hardware/{}", row["id"])).send().await;
    hub.get("/api/hardware/4242").send().await;
    hub.ask("BREW", "/api/hardware").send().await;
    let text = hub.get("/metrics").send().await.text();
    for line in [
        "labkeeper_http_requests_total{method=\"GET\",route=\"/api/hardware/{id}\",status=\"200\"} 1",
        "labkeeper_http_requests_total{method=\"GET\",route=\"/api/hardware/{id}\",status=\"404\"} 1",
        "labkeeper_items{kind=\"hardware\"} 1",
        "labkeeper_http_request_seconds_count{route=\"/api/hardware/{id}\"} 2",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(
        text.contains("labkeeper_process_resident_memory_bytes ")
            && text.contains("labkeeper_audit_records ")
    );
    assert!(!text.contains("BREW"));
}

#[tokio::test]
async fn an_uploaded_icon_is_served_for_ever_and_may_only_draw() {
    let hub = Hub::open().await;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let mut tx = hub.keeper.store().write().await.unwrap();
    let sha256 = tx.keep_icon("image/svg+xml", svg, labkeeper_core::stamp::Stamp(1)).await.unwrap();
    tx.commit().await.unwrap();
    let told = hub.get(&format!("/api/icons/{sha256}")).send().await;
    assert_eq!((told.status.as_u16(), told.body.as_slice()), (200, svg.as_slice()));
    assert!(told.header("cache-control").contains("immutable"));
    assert!(told.header("content-security-policy").contains("sandbox"));
    assert_eq!(told.header("x-content-type-options"), "nosniff");
    hub.get("/api/icons/0000").send().await.fails(404, "not_found");
}
