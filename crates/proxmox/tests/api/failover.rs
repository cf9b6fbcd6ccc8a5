//! Any node of a cluster answers for it: a dead one is got around, a refusal is not.

use std::sync::atomic::Ordering;
use std::time::Duration;

use labkeeper_core::pve::calls::{cluster, guest};
use labkeeper_core::pve::{GuestAt, GuestKind, PveError};
use labkeeper_proxmox::{Endpoint, Trust};
use tokio::time::Instant;

use crate::clock::quickly;
use crate::node::{Node, Reply, client, no_node, nobody, pve};

const VERSION: &str = r#"{"version":"9.1.8"}"#;
const UPID: &str = r#""UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:101:labkeeper@pve!observe:""#;

fn at() -> GuestAt {
    GuestAt { node: "pve1".parse().unwrap(), kind: GuestKind::Lxc, vmid: "101".parse().unwrap() }
}

async fn living() -> Node {
    Node::that(|asked, _| Reply::data(if asked.line.starts_with("GET") { VERSION } else { UPID })).await
}

#[tokio::test]
async fn a_dead_node_is_got_around_and_the_good_one_remembered() {
    let (dead, tries) = no_node(b"").await;
    // It takes the connection and says nothing; the pin is beside the point.
    let node = living().await;
    let dead = Endpoint { address: dead, trust: Trust::Pin(node.print) };
    let limits = labkeeper_proxmox::Limits::default().with_connect(Duration::from_millis(50));
    let api = crate::node::client_within(limits, [dead, node.endpoint()]);
    for _ in 0..3 {
        pve(&api).call(&cluster::version()).await.unwrap();
    }
    assert_eq!((tries.load(Ordering::SeqCst), node.asked().len()), (1, 3), "the dead one was tried once");
}

#[tokio::test]
async fn a_change_goes_to_another_node_when_nothing_was_sent() {
    let node = living().await;
    let dead = Endpoint { address: nobody().await, trust: Trust::Pin(node.print) };
    let api = client([dead, node.endpoint()]);
    pve(&api).call(&guest::start(&at())).await.unwrap();
    assert_eq!(node.asked().len(), 1);
}

#[tokio::test]
async fn when_the_good_one_dies_the_other_is_asked() {
    let (first, second) = (living().await, living().await);
    let api = client([first.endpoint(), second.endpoint()]);
    pve(&api).call(&cluster::version()).await.unwrap();
    drop(first);
    // Its open connections end as well.
    tokio::task::yield_now().await;
    pve(&api).call(&cluster::version()).await.unwrap();
    assert_eq!(second.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn several_silent_nodes_leave_time_for_the_living_one() {
    let node = living().await;
    let (mut endpoints, mut tries) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let (silent, tried) = no_node(b"").await;
        endpoints.push(Endpoint { address: silent, trust: Trust::Pin(node.print) });
        tries.push(tried);
    }
    endpoints.push(node.endpoint());
    let api = client(endpoints);
    quickly(pve(&api).call(&cluster::version())).await.expect("five seconds are shared out");
    assert!(tries.iter().all(|tried| tried.load(Ordering::SeqCst) == 1));
}

#[tokio::test(start_paused = true)]
async fn nobody_there_is_said_within_five_seconds() {
    let node = living().await;
    let (silent, tries) = no_node(b"").await;
    let silent = Endpoint { address: silent, trust: Trust::Pin(node.print) };
    let begun = Instant::now();
    let error = quickly(pve(&client([silent.clone()])).call(&cluster::version())).await.unwrap_err();
    assert!(matches!(error, PveError::Unreachable { .. }) && error.is_transient(), "{error:?}");
    assert!(begun.elapsed() < Duration::from_millis(5_500), "{:?}", begun.elapsed());
    assert_eq!(tries.load(Ordering::SeqCst), 2);

    let mut many = vec![silent];
    for _ in 0..6 {
        many.push(Endpoint { address: no_node(b"").await.0, trust: Trust::Pin(node.print) });
    }
    let (last, last_tries) = no_node(b"").await;
    many.push(Endpoint { address: last, trust: Trust::Pin(node.print) });
    let begun = Instant::now();
    let error = quickly(pve(&client(many)).call(&cluster::version())).await.unwrap_err();
    assert!(matches!(error, PveError::Unreachable { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_millis(5_500), "{:?}", begun.elapsed());
    assert_eq!(last_tries.load(Ordering::SeqCst), 0, "its turn came after the time was over");

    let refusing = Endpoint { address: nobody().await, trust: Trust::Pin(node.print) };
    let begun = Instant::now();
    let error = quickly(pve(&client([refusing])).call(&cluster::version())).await.unwrap_err();
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_refusal_is_final() {
    for (status, reason) in [
        (401, "Authentication failed!"),
        (403, "Permission check failed (/, Sys.Audit)"),
        (500, "it broke"),
        (400, "bad"),
        (501, "no"),
    ] {
        let first = Node::that(move |_, _| Reply::Json(status, reason, String::new())).await;
        let second = living().await;
        let api = client([first.endpoint(), second.endpoint()]);
        pve(&api).call(&cluster::version()).await.unwrap_err();
        assert_eq!((first.asked().len(), second.connections()), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn a_node_that_cannot_pass_a_question_on_is_got_around() {
    let reply = || Reply::Json(595, "No route to host", String::new());
    let (first, second) = (Node::that(move |_, _| reply()).await, living().await);
    let api = client([first.endpoint(), second.endpoint()]);
    pve(&api).call(&cluster::version()).await.unwrap();
    assert_eq!((first.asked().len(), second.asked().len()), (1, 1));
}

#[tokio::test]
async fn a_change_that_could_not_be_passed_on_is_not_made_elsewhere() {
    for (status, sent) in [(595, false), (596, true), (504, true), (503, false)] {
        let first = Node::that(move |_, _| Reply::Json(status, "Broken pipe", String::new())).await;
        let second = living().await;
        let api = client([first.endpoint(), second.endpoint()]);
        let error = pve(&api).call(&guest::start(&at())).await.unwrap_err();
        assert_eq!(matches!(error, PveError::Interrupted { .. }), sent, "{status}: {error:?}");
        assert_eq!((first.asked().len(), second.connections()), (1, 0), "{status}");
    }
}
