//! What the program sees on the network, and how it tells people.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::hub::{Hub, complaint, json, labkeeper};

const LOOPBACK: (&str, &str) = ("LABKEEPER_DISCOVERY_RANGES", "127.0.0.0/8");

async fn scans(hub: &Hub) -> Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::get(format!("{}/api/discovery/jobs", hub.url)).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_scan_from_the_command_line_is_one_of_the_hubs_and_knows_leases() {
    let dir = tempfile::tempdir().unwrap();
    let leases = dir.path().join("dnsmasq.leases");
    std::fs::write(&leases, "0 bc:24:11:00:00:05 127.0.9.1 tv *\n").unwrap();
    let files = format!("{},{}", leases.display(), dir.path().join("missing").display());
    let hub = Hub::start(dir.path());
    let done = labkeeper(dir.path())
        .args(["discover", "127.0.9.0/30", "--ports", "9"])
        .envs([LOOPBACK, ("LABKEEPER_DISCOVERY_LEASE_FILES", &files)])
        .output()
        .unwrap();
    let (table, notes) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{notes}");
    let tv = table.lines().find(|line| line.contains("127.0.9.1 ")).unwrap_or_else(|| panic!("{table}"));
    assert!(tv.contains("tv"), "{tv}");
    assert!(notes.contains("2 of 2 addresses answer") && notes.contains("missing cannot be read"), "{notes}");
    let scan = scans(&hub).await["data"][0].clone();
    assert_eq!(
        (&scan["cidr"], &scan["state"], &scan["actor"], &scan["alive"]),
        (&"127.0.9.0/30".into(), &"done".into(), &"local".into(), &2.into())
    );
}

#[tokio::test]
async fn ctrl_c_stops_a_scan_and_keeps_what_it_found() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(dir.path());
    let child = labkeeper(dir.path())
        .args(["discover", "127.9.0.0/16", "--ports", "9"])
        .envs([LOOPBACK])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let id = loop {
        let scan = scans(&hub).await["data"][0].clone();
        if scan["alive"].as_i64().unwrap_or_default() > 0 {
            assert_eq!(scan["state"], "running");
            break scan["id"].clone();
        }
        assert!(Instant::now() < deadline, "the hub does not see the scan: {scan}");
        tokio::task::yield_now().await;
    };
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let ended = child.wait_with_output().unwrap();
    let notes = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{notes}");
    assert!(notes.contains("the scan was stopped") && notes.contains(&format!("scan {id}")), "{notes}");
    let scan = scans(&hub).await["data"][0].clone();
    assert_eq!((&scan["state"], &scan["id"]), (&"cancelled".into(), &id));
    assert!(scan["alive"].as_i64().unwrap() < 65_000, "{scan}");
}

/// Takes one message, and hands it on.
fn receiver(answer: &'static str) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let (sender, heard) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&asked).contains("There is nothing to do.") {
            let length = stream.read(&mut buffer).unwrap();
            asked.extend(&buffer[..length]);
        }
        stream.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").as_bytes()).unwrap();
        sender.send(String::from_utf8_lossy(&asked).into_owned()).unwrap();
    });
    (at, heard)
}

#[test]
fn a_test_message_goes_the_whole_way_and_says_what_became_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let (code, says) = complaint(dir.path(), &["notify", "test"]);
    assert!(code == 1 && says.contains("nobody is told") && says.contains("LABKEEPER_NOTIFY_URL"), "{says}");

    let (at, heard) = receiver("200 OK");
    let (spare, _unheard) = receiver("403 No");
    let test = || {
        let mut command = labkeeper(dir.path());
        command.args(["notify", "test"]).env("LABKEEPER_NOTIFY_URL", format!("json://{at}/s3cret-t0pic"));
        command
    };
    let done =
        test().env("LABKEEPER_NOTIFY_FALLBACK", format!("ntfy://{spare}/s3cret-t0pic")).output().unwrap();
    let table = String::from_utf8_lossy(&done.stdout);
    assert_eq!(done.status.code(), Some(4), "one of two was reached: {table}");
    assert!(heard.recv().unwrap().contains("labkeeper: a test message"));
    for part in [
        format!("webhook at {at}"),
        "taken".into(),
        format!("ntfy at {spare}"),
        "when the others fail".into(),
        "not the right one".into(),
    ] {
        assert!(table.contains(&part), "{part}: {table}");
    }
    assert!(!table.contains("s3cret"), "{table}");
    let failed = test().output().unwrap();
    assert_eq!(failed.status.code(), Some(1), "nobody listens any more");
    let audit = json(dir.path(), &["audit", "query", "--op", "notification_test"]);
    assert!(!audit.to_string().contains("s3cret"), "{audit}");
}
