//! The rest of a long output is a resource, for whoever got the output.

use serde_json::{Value, json};

use crate::http::{Served, Session};
use crate::pipes::{call, request};

async fn read(session: &Session<'_>, uri: &str) -> Value {
    session.ask(&request(2, "resources/read", json!({"uri": uri}))).await
}

#[tokio::test]
async fn a_long_answer_links_to_its_rest_which_is_read_part_by_part() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let answer = session.ask(&call(1, "test_long", json!({"lines": 9_000}))).await["result"].clone();
    let blocks = answer["content"].as_array().unwrap();
    assert!(blocks[0]["text"].as_str().unwrap().contains("[untrusted "), "{answer}");
    let uri = blocks[1]["uri"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    assert_eq!(
        (&blocks[1]["type"], &answer["structuredContent"]["rest"][0]),
        (&json!("resource_link"), &json!(uri))
    );

    let (mut next, mut lines, mut last) = (Some(uri.clone()), String::new(), String::new());
    while let Some(uri) = next {
        let contents = read(&session, &uri).await["result"]["contents"][0].clone();
        assert_eq!((&contents["uri"], &contents["mimeType"]), (&json!(uri), &json!("text/plain")));
        let text = contents["text"].as_str().unwrap();
        let (ours, theirs) = text.split_once("Written by others: ").unwrap();
        let (begin, rest) = theirs.split_once("[untrusted ").unwrap().1.split_once("]\n").unwrap();
        lines.push_str(rest.strip_suffix(&format!("\n[end {begin}]")).unwrap());
        assert!(ours.starts_with("bytes ") && ours.contains("from \"CT 101\""), "{ours}");
        last = ours.to_owned();
        next = ours.split_once("it goes on at ").map(|(_, uri)| uri.split_once('.').unwrap().0.to_owned());
    }
    let whole: String = (1..9_000).map(|line| format!("line {line}\n")).collect();
    assert!(lines == whole, "{} of {} bytes, at last {last}", lines.len(), whole.len());
    let all = read(&session, &format!("{uri}/0")).await["result"]["contents"][0]["text"].clone();
    assert!(all.as_str().unwrap().contains("]\nline 0\n"), "from its beginning");
}

#[tokio::test]
async fn nobody_else_reads_it_and_nobody_watches_it() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let answer = session.ask(&call(1, "test_long", json!({"lines": 9}))).await["result"].clone();
    let uri = answer["structuredContent"]["rest"][0].as_str().unwrap().to_owned();
    let other = hub.session("second", "2025-11-25").await;
    assert_eq!(read(&other, &uri).await["error"]["code"], -32002, "as if there were none");
    assert_eq!(read(&session, "lab://output/0123456789abcdef").await["error"]["code"], -32002);
    assert_eq!(read(&session, &format!("{uri}/999999")).await["error"]["code"], -32602);
    let watch = request(3, "resources/subscribe", json!({"uri": uri}));
    assert_eq!(session.ask(&watch).await["error"]["code"], -32602);
    // In another session of the same caller.
    let again = hub.session("full", "2025-06-18").await;
    assert!(read(&again, &uri).await["result"]["contents"][0]["text"].is_string());
    let listed = session.ask(&request(4, "resources/templates/list", json!({}))).await["result"].clone();
    let templates: Vec<&str> = listed["resourceTemplates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|template| template["uriTemplate"].as_str().unwrap())
        .collect();
    for uri in ["lab://guest/{cluster}/{vmid}", "lab://output/{id}", "lab://output/{id}/{from}"] {
        assert!(templates.contains(&uri), "{templates:?}");
    }
}
