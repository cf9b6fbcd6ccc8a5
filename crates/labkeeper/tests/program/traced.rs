//! A hub whose requests and operations are collected as spans: what is told, to whom, and what a collector in trouble changes.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::collector::{Collector, number, told};
use crate::hub::{self, Hub, labkeeper};
use crate::mcp_client::Assistant;

const SECRET: &str = "hunter2-is-nobodys-business";
const HEADERS: &str = "authorization=Bearer%20s3cret-of-collector,x-scope=the%20lab";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A hub that sends what it has ten times a second.
fn traced(dir: &Path, collector: &str) -> Hub {
    let at = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    let more = [("OTEL_EXPORTER_OTLP_HEADERS", HEADERS), ("OTEL_RESOURCE_ATTRIBUTES", "deployment=test")];
    Hub::start_with(dir, &[at, more].concat())
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// Asks the hub, and has to be answered soon.
async fn asked(request: reqwest::RequestBuilder) -> reqwest::Response {
    let begun = Instant::now();
    let answer = request.send().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "nobody waits for a collector");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_and_its_operation_are_spans_of_their_callers_trace_without_a_secret() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let hub = traced(dir.path(), &collector.url);
    let client = client();
    let refused = client.post(format!("{}/api/misc?note={SECRET}", hub.url)).json(&json!({"name": "safe"}));
    assert_eq!(asked(refused).await.status(), 400);

    let made = client
        .post(format!("{}/api/misc", hub.url))
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
        .header("tracestate", format!("vendor={SECRET}"))
        .header("x-request-id", "mine-2")
        .json(&json!({"name": "safe", "notes": format!("password: {SECRET}")}));
    let made = asked(made).await;
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.unwrap();
    asked(client.get(format!("{}/api/misc/{}", hub.url, made["data"]["id"]))).await;
    asked(client.delete(format!("{}/api/users/{SECRET}", hub.url))).await;
    asked(client.get(format!("{}/{SECRET}", hub.url)).bearer_auth(SECRET)).await;
    asked(client.get(format!("{}/api/search?q={SECRET}", hub.url)).header("traceparent", SECRET)).await;

    collector.span("GET /api/search").await;
    collector.span("GET /api/misc/{id}").await;
    collector.span("DELETE /api/users/{name}").await;
    collector.span("GET").await;
    collector.span("inventory_create").await;
    let spans = collector.spans();
    let created = |of: &opentelemetry_proto::tonic::trace::v1::Span| {
        told(&of.attributes, "request.id").as_deref() == Some("mine-2")
    };
    let request = spans.iter().find(|span| created(span)).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.into(), CALLER.into()));
    assert_eq!((request.name.as_str(), request.kind), ("POST /api/misc", 2), "a server's span");
    for (key, value) in [("http.request.method", "POST"), ("http.route", "/api/misc")] {
        assert_eq!(told(&request.attributes, key).as_deref(), Some(value), "{key}");
    }
    assert_eq!(number(&request.attributes, "http.response.status_code"), Some(201), "as a number");
    let operation = spans.iter().find(|span| span.parent_span_id == request.span_id).unwrap();
    assert_eq!((operation.name.as_str(), hex(&operation.trace_id)), ("inventory_create", TRACE.into()));
    for (key, value) in [("op.tier", "observe"), ("op.outcome", "done"), ("actor.kind", "person")] {
        assert_eq!(told(&operation.attributes, key).as_deref(), Some(value), "{key}");
    }

    collector.look(|deliveries| {
        let delivery = &deliveries[0];
        assert_eq!(delivery.headers["x-scope"], "the lab");
        let keys: Vec<_> = delivery.headers.get_all("authorization").iter().collect();
        assert_eq!(keys, ["Bearer s3cret-of-collector"], "once");
        assert_eq!(delivery.headers["content-type"], "application/x-protobuf");
        let resource = &delivery.decoded.resource_spans[0].resource.as_ref().unwrap().attributes;
        assert_eq!(told(resource, "service.name").as_deref(), Some("labkeeper"));
        assert_eq!(told(resource, "deployment").as_deref(), Some("test"));
        for delivery in deliveries {
            let found = delivery.body.windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes());
            assert!(!found, "{:#?}", delivery.decoded);
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_ours_is_an_error_and_a_probe_is_no_span() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let hub = traced(dir.path(), &collector.url);
    let client = client();
    for probe in ["livez", "readyz", "metrics", "api/health"] {
        asked(client.get(format!("{}/{probe}", hub.url))).await;
    }
    // More than may follow what happens: the last has no place.
    let mut followers = Vec::new();
    let refused = loop {
        let answer = asked(client.get(format!("{}/api/events", hub.url))).await;
        if !answer.status().is_success() {
            break answer.status();
        }
        followers.push(answer);
        assert!(followers.len() < 1000);
    };
    assert_eq!(refused, 503);
    let begun = Instant::now();
    loop {
        let spans = collector.spans();
        let failed = |span: &&opentelemetry_proto::tonic::trace::v1::Span| {
            number(&span.attributes, "http.response.status_code") == Some(503)
        };
        if let Some(span) = spans.iter().find(failed) {
            assert_eq!((&*span.name, span.status.as_ref().unwrap().code), ("GET /api/events", 2), "an error");
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{spans:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let others = collector.spans().into_iter().filter(|span| span.name != "GET /api/events");
    assert_eq!(
        others.map(|span| span.name).collect::<Vec<_>>(),
        [""; 0],
        "of probes, and what is done for them"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_program_is_not_sent() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let file = dir.path().join("key");
    std::fs::write(&file, HEADERS).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20foreign,x-foreign=1"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS_FILE", file.to_str().unwrap()),
    ];
    let hub = Hub::start_with(dir.path(), &variables);
    asked(client().get(format!("{}/api/misc", hub.url))).await;
    collector.span("GET /api/misc").await;
    collector.look(|deliveries| {
        for delivery in deliveries {
            let keys: Vec<_> = delivery.headers.get_all("authorization").iter().collect();
            assert_eq!(keys, ["Bearer s3cret-of-collector"]);
            assert!(!delivery.headers.contains_key("x-foreign"));
        }
    });
}

/// The program spoken to over stdio: how it ended, and what it said on stderr.
fn over_stdio(dir: &Path, variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = labkeeper(dir);
    let output = command.envs(variables.iter().copied()).arg("mcp").stdin(Stdio::piped());
    let mut child = output.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let client = json!({"name": "a test", "version": "1"});
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params":
        {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}});
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{hello}").unwrap();
    let mut answer = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    drop(stdin);
    let said = child.wait_with_output().unwrap();
    (answer.contains("serverInfo"), String::from_utf8(said.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_for_another_program_stop_nothing_and_the_file_is_held_to_its_word() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let at = ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str());
    for (foreign, named) in [
        (("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), "OTEL_EXPORTER_OTLP_PROTOCOL"),
        (("OTEL_TRACES_SAMPLER", "jaeger_remote"), "OTEL_TRACES_SAMPLER"),
        (("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"), ""),
        (("OTEL_TRACES_SAMPLER", ""), ""),
        (("OTEL_SDK_DISABLED", "true"), ""),
        (("OTEL_TRACES_EXPORTER", "none"), ""),
    ] {
        let (answered, said) = over_stdio(dir.path(), &[at, foreign]);
        assert!(answered && said.contains(named), "{foreign:?}: {said}");
        assert_eq!(said.contains("no spans are sent"), !named.is_empty(), "{foreign:?}: {said}");
    }
    let found = finding(dir.path(), &[at, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]).unwrap();
    assert!(
        found["status"] == "warn" && found.to_string().contains("OTEL_EXPORTER_OTLP_PROTOCOL"),
        "{found}"
    );
    let file = format!("[traces]\nendpoint = \"{}\"\nprotocol = \"grpc\"\n", collector.url);
    std::fs::write(dir.path().join("labkeeper.toml"), file).unwrap();
    let (answered, said) = over_stdio(dir.path(), &[]);
    assert!(!answered && said.contains("traces.protocol"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_an_assistant_belongs_to_the_request_that_brought_it() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let token = hub::json(dir.path(), &["token", "create", "an assistant", "--scope", "write"]);
    let hub = traced(dir.path(), &collector.url);
    let _ = client();
    let assistant = Assistant::open(&hub.url, token["data"]["token"].as_str().unwrap()).await;
    // A session that stays open keeps no span of its beginning.
    collector.span("POST /mcp").await;
    let input = json!({"type": "misc", "data": {"name": SECRET}});
    assistant.call("inventory_create", &input).await.unwrap().unwrap();
    let operation = collector.span("inventory_create").await;
    assert_eq!(told(&operation.attributes, "actor.kind").as_deref(), Some("assistant"));
    let parent =
        |span: &&opentelemetry_proto::tonic::trace::v1::Span| span.span_id == operation.parent_span_id;
    let begun = Instant::now();
    while !collector.spans().iter().any(|span| parent(&span) && span.name == "POST /mcp") {
        assert!(begun.elapsed() < Duration::from_secs(20), "{:#?}", collector.spans());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(collector.look(|all| !all.iter().any(|one| format!("{:?}", one.decoded).contains(SECRET))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_sent_when_the_hub_is_stopped() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let slow =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "600000")];
    let hub = Hub::start_with(dir.path(), &slow);
    asked(client().get(format!("{}/api/misc", hub.url))).await;
    assert!(collector.spans().is_empty());
    hub.stop();
    assert!(collector.spans().iter().any(|span| span.name == "GET /api/misc"), "{:#?}", collector.spans());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_down_changes_no_answer_and_is_told_of_once() {
    let dir = tempfile::tempdir().unwrap();
    let place = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let hub = traced(dir.path(), &format!("http://{place}"));
    let client = client();
    let list = || asked(client.get(format!("{}/api/misc", hub.url)));
    assert_eq!(list().await.status(), 200);
    assert_eq!(list().await.status(), 200);
    let said = hub.says_until("did not take spans");
    assert!(said.contains(&place.to_string()) && !said.contains("s3cret"), "{said}");
    for _ in 0..20 {
        assert_eq!(list().await.status(), 200);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let collector = Collector::at(place).await;
    assert_eq!(list().await.status(), 200);
    let said = hub.says_until("takes spans again");
    assert!(!said.contains("did not take spans"), "{said}");
    collector.span("GET /api/misc").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_never_answers_holds_up_neither_answers_nor_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hub = traced(dir.path(), &format!("http://{}", silent.local_addr().unwrap()));
    let client = client();
    let list = || asked(client.get(format!("{}/api/misc", hub.url)));
    assert_eq!(list().await.status(), 200);
    let (_held, _) = silent.accept().await.unwrap();
    assert_eq!(list().await.status(), 200);
    let took = hub.stop();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_there_is_nothing_that_could_send() {
    let dir = tempfile::tempdir().unwrap();
    let threads = |hub: &Hub| -> Vec<String> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", hub.child.id())).unwrap();
        let names = tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).unwrap());
        names.filter(|name| name.starts_with("OpenTelemetry")).collect()
    };
    let hub =
        Hub::start_with(dir.path(), &[("OTEL_SERVICE_NAME", "lab"), ("OTEL_TRACES_SAMPLER", "always_on")]);
    let client = client();
    let request =
        client.get(format!("{}/api/misc", hub.url)).header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    assert_eq!(asked(request).await.status(), 200);
    assert_eq!(threads(&hub), [""; 0]);
    drop(hub);
    let collector = Collector::start().await;
    assert_eq!(threads(&traced(dir.path(), &collector.url)).len(), 1);
}

/// What the doctor finds about it.
fn finding(dir: &Path, variables: &[(&str, &str)]) -> Option<Value> {
    let output = labkeeper(dir).envs(variables.iter().copied()).args(["--json", "doctor"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("s3cret"), "{said}");
    let findings: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    findings.into_iter().find(|finding| finding["check"] == "traces")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_whether_the_collector_takes_spans_and_leaves_none_there() {
    let (dir, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    assert_eq!(finding(dir.path(), &[]), None);
    let at = ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str());
    let found = finding(dir.path(), &[at, ("OTEL_EXPORTER_OTLP_HEADERS", HEADERS)]).unwrap();
    assert_eq!(found["status"], "ok", "{found}");
    assert!(collector.spans().is_empty());
    let wrong = "authorization=Bearer%20s3cret-of-somebody";
    let found = finding(dir.path(), &[at, ("OTEL_EXPORTER_OTLP_HEADERS", wrong)]).unwrap();
    assert!(found["status"] == "warn" && found.to_string().contains("OTEL_EXPORTER_OTLP_HEADERS"), "{found}");
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    let nowhere = format!("http://{nobody}");
    let found = finding(dir.path(), &[("OTEL_EXPORTER_OTLP_ENDPOINT", nowhere.as_str())]).unwrap();
    assert!(found["status"] == "warn" && found.to_string().contains("refused"), "{found}");
}
