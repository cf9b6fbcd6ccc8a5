//! Knocking and asking: what is out of bounds from here, and asking from inside a guest.

use std::sync::Arc;

use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::tier::Tier;
use serde_json::json;

use crate::lab::Lab;
use crate::shell_lab::{ALPINE, reached};
use crate::town::town;

#[tokio::test]
async fn a_closed_port_is_an_answer_and_this_machine_is_out_of_bounds() {
    let lab = Lab::on(Arc::new(town())).await;
    let open = lab.ask("tcp_ping", json!({"host": "10.0.0.2", "port": 22})).await;
    assert_eq!(
        (&open["reachable"], &open["from"], &open["latencyMs"]),
        (&json!(true), &json!("host"), &json!(1.23))
    );
    let silent = lab.ask("tcp_ping", json!({"host": "10.0.0.9", "port": 22})).await;
    assert_eq!((&silent["reachable"], &silent["latencyMs"]), (&json!(false), &json!(null)));
    let fault = lab.refused("tcp_ping", json!({"host": "127.0.0.1", "port": 22})).await;
    assert_eq!((fault.code, fault.field.as_deref()), (Code::Denied, Some("host")));
    for (url, field) in [("file:///etc/passwd", "url"), ("http://a:b@10.0.0.1/", "url")] {
        let fault = lab.refused("http_probe", json!({"url": url})).await;
        assert_eq!((fault.code, fault.field.as_deref()), (Code::Invalid, Some(field)), "{url}");
    }
    let fault = lab.refused("tcp_ping", json!({"host": "10.0.0.2", "port": 0})).await;
    assert_eq!(fault.code, Code::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_server_is_asked_from_inside_a_guest_by_companion_alone() {
    let Some(shell) = reached("a web server is asked from inside a guest").await else { return };
    // A guest with nothing but wget. That of a static BusyBox cannot resolve anything, so this one says what a real one would.
    let wget = b"#!/bin/sh\necho \"  HTTP/1.1 404 Not Found\" >&2\nexit 8\n";
    shell.put(Some(ALPINE), "/usr/local/bin/wget", wget, 0o755);
    let url = "http://10.0.0.7:8080/x";
    let input = json!({"url": url, "fromVmid": ALPINE, "expectStatus": 404});
    let probed = shell.lab.ask("http_probe", input.clone()).await;
    assert_eq!(
        (&probed["status"], &probed["ok"], &probed["from"]),
        (&json!(404), &json!(true), &json!("vmid:105")),
        "{probed}"
    );
    let words = format!("{:?}", shell.cluster.ran());
    assert!(words.contains("\"wget\", \"-S\"") && words.contains(url), "{words}");
    let grant = Grant { tier: Tier::Observe, write: false, admin: false };
    let reader = Actor { name: "r".into(), grant, session: Some("s".into()), ..Actor::local(Via::Mcp) };
    let fault = shell.lab.call_as(reader, "http_probe", input).await.unwrap_err();
    assert_eq!(fault.code, Code::Forbidden);
}
