//! The power goes at any moment: what was acknowledged is there, nothing is half there, the chain holds.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::hub::{Hub, json as ask, run};

/// Posts JSON over a fresh connection; `None` when the hub died on the way.
fn post(url: &str, path: &str, body: &Value) -> Option<Value> {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    if !head.starts_with("HTTP/1.1 2") {
        return None;
    }
    let json = &body[body.find('{')?..=body.rfind('}')?];
    serde_json::from_str(json).ok()
}

/// One life of the hub.
#[derive(Default)]
struct Round {
    over: AtomicBool,
    acknowledged: AtomicUsize,
}

/// Writes pairs (a host, and a guest on it, in one bulk) until the hub dies; answers the acknowledged hosts.
fn write_until_it_dies(url: &str, round: &Round, writer: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for n in 0.. {
        if round.over.load(Ordering::Relaxed) {
            break;
        }
        let name = format!("host-{writer}-{n}");
        let bulk = json!({"create": [
            {"type": "hardware", "data": {"name": name}},
            {"type": "vms", "data": {"name": format!("guest-of-{name}")}},
        ]});
        match post(url, "/api/bulk", &bulk) {
            Some(_) => {
                acknowledged.push(name);
                round.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            None => break,
        }
    }
    acknowledged
}

fn names(dir: &Path, kind: &str) -> Vec<String> {
    let list = ask(dir, &["list", kind]);
    list["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_string()).collect()
}

#[test]
fn twenty_power_cuts_lose_nothing_acknowledged_and_leave_nothing_half_done() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..20u64 {
        let hub = Hub::start(dir.path());
        let life = Arc::new(Round::default());
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (url, life) = (hub.url.clone(), life.clone());
                std::thread::spawn(move || {
                    write_until_it_dies(&url, &life, writer + 10 * usize::try_from(round).unwrap())
                })
            })
            .collect();
        let enough = 1 + usize::try_from(round % 6).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        while life.acknowledged.load(Ordering::Relaxed) < enough {
            assert!(Instant::now() < deadline, "the hub acknowledges nothing");
            std::thread::yield_now();
        }
        // An uneven moment, different each round: between any two steps of some write.
        std::thread::park_timeout(Duration::from_micros(739 * round));
        hub.kill();
        life.over.store(true, Ordering::Relaxed);
        for writer in writers {
            acknowledged.extend(writer.join().unwrap());
        }
    }
    assert!(
        acknowledged.len() > 20,
        "only {} writes were acknowledged: the test shows nothing",
        acknowledged.len()
    );
    let (hosts, guests) = (names(dir.path(), "hardware"), names(dir.path(), "vms"));
    for name in &acknowledged {
        assert!(hosts.contains(name), "{name} was acknowledged and is gone");
    }
    assert_eq!(hosts.len(), guests.len(), "a pair was written in half");
    let changes =
        ask(dir.path(), &["call", "changes_list", r#"{"limit":500}"#])["data"].as_array().unwrap().len();
    assert_eq!(changes.min(500), hosts.len().min(500), "the journal tells another story than the inventory");
    // It holds; no place outside has it.
    let verdict = run(dir.path(), &["audit", "verify"]);
    assert_eq!(verdict.status.code(), Some(3), "{}", String::from_utf8_lossy(&verdict.stdout));
    let open = ask(dir.path(), &["audit", "query", "--phase", "interrupted", "--limit", "1000"]);
    let asked = ask(dir.path(), &["audit", "query", "--phase", "asked", "--limit", "1000"]);
    let done = ask(dir.path(), &["audit", "query", "--phase", "done", "--limit", "1000"]);
    let count = |list: &Value| list["data"].as_array().unwrap().len();
    if count(&asked) < 1000 {
        assert_eq!(count(&asked), count(&done) + count(&open), "an intent has no outcome");
    }
}
