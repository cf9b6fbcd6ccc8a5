//! Each endpoint by itself: what getting around a broken one hides.

use std::time::Duration;

use futures::future::join_all;
use labkeeper_core::pve::calls::cluster;
use labkeeper_core::pve::{Fingerprint, PveError, Visit};
use labkeeper_core::stamp::Stamp;
use labkeeper_proxmox::{Api, Endpoint, Trust};

use crate::clock::quickly;
use crate::node::{Node, Reply, client, no_node, nobody, pve};

async fn visits(api: &Api) -> Vec<Visit> {
    join_all(pve(api).visits()).await
}

async fn living() -> Node {
    Node::that(|_, _| Reply::data(r#"{"version":"9.1.8"}"#)).await
}

/// A node that says what time it is.
async fn dated(date: &'static str) -> Node {
    let body = r#"{"data":{"version":"9.1.8"}}"#;
    let head = format!("HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: {}\r\n\r\n", body.len());
    Node::that(move |_, _| Reply::Bytes(format!("{head}{body}").into_bytes())).await
}

#[tokio::test]
async fn one_that_is_gone_and_one_with_another_certificate_are_seen_behind_one_that_answers() {
    let (good, changed, unpinned) = (living().await, living().await, living().await);
    let gone = nobody().await;
    let other = Fingerprint::of(b"the certificate of last year");
    let api = client([
        good.endpoint(),
        Endpoint { address: gone.clone(), trust: Trust::Pin(other) },
        Endpoint { address: changed.address.clone(), trust: Trust::Pin(other) },
        Endpoint { address: unpinned.address.clone(), trust: Trust::Nothing },
    ]);
    pve(&api).call(&cluster::version()).await.unwrap();
    let seen = visits(&api).await;
    assert_eq!(seen[0].answer.as_ref().unwrap().version, "9.1.8");
    assert!(matches!(&seen[1].answer, Err(PveError::Unreachable { endpoint, .. }) if *endpoint == gone));
    let mismatch =
        PveError::PinMismatch { endpoint: changed.address.clone(), expected: other, found: changed.print };
    assert_eq!(seen[2].answer, Err(mismatch));
    assert_eq!((changed.connections(), changed.bytes()), (1, 0), "the token stays here");
    assert_eq!(seen[3].answer, Err(PveError::NoPin { endpoint: unpinned.address.clone() }));
    assert_eq!(unpinned.connections(), 0);
}

#[tokio::test]
async fn an_open_connection_does_not_stand_for_the_certificate_of_now() {
    let node = living().await;
    let api = client([node.endpoint()]);
    pve(&api).call(&cluster::version()).await.unwrap();
    visits(&api).await;
    assert_eq!(node.connections(), 2);
    pve(&api).call(&cluster::version()).await.unwrap();
    assert_eq!(node.connections(), 2, "what was opened for the visit is used on");
}

#[tokio::test]
async fn a_nodes_clock_is_read_from_its_answer_and_nothing_is_made_of_none() {
    let (dated, silent, odd) =
        (dated("Sun, 06 Nov 1994 08:49:37 GMT").await, living().await, dated("noon").await);
    let seen = visits(&client([dated.endpoint(), silent.endpoint(), odd.endpoint()])).await;
    assert_eq!(seen[0].clock, Stamp::parse("1994-11-06T08:49:37Z"));
    assert_eq!((seen[1].clock, seen[2].clock), (None, None));
    assert!(seen.iter().all(|visit| visit.answer.is_ok()), "{seen:?}");
}

#[tokio::test]
async fn a_refused_token_is_the_answer_of_a_node_that_is_there() {
    let node = Node::that(|_, _| Reply::Json(401, "Authentication failed!", String::new())).await;
    let seen = visits(&client([node.endpoint()])).await;
    assert!(matches!(seen[0].answer, Err(PveError::Unauthorised { .. })), "{seen:?}");
    assert_eq!(node.asked().len(), 1, "it is asked once: each refusal costs three seconds");
}

#[tokio::test(start_paused = true)]
async fn silence_costs_five_seconds_and_not_one_after_the_other() {
    let mute = Node::that(|_, _| Reply::Stall(Vec::new())).await;
    let (deaf, _) = no_node(b"").await;
    let deaf = Endpoint { address: deaf, trust: Trust::Pin(mute.print) };
    let api = client([mute.endpoint(), deaf]);
    let begun = tokio::time::Instant::now();
    let seen = quickly(visits(&api)).await;
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert!(matches!(seen[0].answer, Err(PveError::Timeout { .. })), "{seen:?}");
    assert!(matches!(seen[1].answer, Err(PveError::Unreachable { .. })), "{seen:?}");
}
