//! Connections are kept, shared fairly and never used for a change that might arrive twice.

use std::time::Duration;

use futures_of::all;
use labkeeper_core::pve::calls::{cluster, guest};
use labkeeper_core::pve::{GuestAt, GuestKind, PveError};
use labkeeper_proxmox::Limits;

use crate::clock::quickly;
use crate::node::{Node, Reply, client, client_within, pve};

const VERSION: &str = r#"{"version":"9.1.8"}"#;
const UPID: &str = r#""UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:101:labkeeper@pve!observe:""#;

fn at() -> GuestAt {
    GuestAt { node: "pve1".parse().unwrap(), kind: GuestKind::Lxc, vmid: "101".parse().unwrap() }
}

/// Waiting for several at once, without another crate.
mod futures_of {
    pub(super) async fn all<T: Send + 'static>(
        futures: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
    ) -> Vec<T> {
        let running: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
        let mut done = Vec::new();
        for one in running {
            done.push(one.await.unwrap());
        }
        done
    }
}

#[tokio::test]
async fn calls_share_one_kept_connection() {
    let node = Node::that(|_, _| Reply::data(VERSION)).await;
    let api = client([node.endpoint()]);
    for _ in 0..10 {
        pve(&api).call(&cluster::version()).await.unwrap();
    }
    assert_eq!((node.asked().len(), node.connections()), (10, 1));
}

#[tokio::test]
async fn a_refusal_keeps_the_connection_too() {
    let node =
        Node::that(|_, _| Reply::Json(403, "Permission check failed", r#"{"data":null}"#.into())).await;
    let api = client([node.endpoint()]);
    for _ in 0..3 {
        pve(&api).call(&cluster::status()).await.unwrap_err();
    }
    assert_eq!((node.asked().len(), node.connections()), (3, 1));
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let node = Node::that(|asked, _| {
        let data = if asked.line.starts_with("GET") { VERSION } else { UPID };
        Reply::ThenClose(Box::new(Reply::data(data)))
    })
    .await;
    let api = client([node.endpoint()]);
    for _ in 0..3 {
        pve(&api).call(&cluster::version()).await.unwrap();
        pve(&api).call(&guest::start(&at())).await.unwrap();
    }
    assert_eq!((node.asked().len(), node.connections()), (6, 6), "nothing was asked twice");
}

#[tokio::test(start_paused = true)]
async fn a_question_whose_answer_broke_off_is_asked_again() {
    let node = Node::that(|_, before| match before {
        0 => Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"da".to_vec()),
        1 => Reply::HangUp,
        _ => Reply::data(VERSION),
    })
    .await;
    let api = client([node.endpoint()]);
    assert_eq!(quickly(pve(&api).call(&cluster::version())).await.unwrap().version, "9.1.8");
    assert_eq!(node.asked().len(), 3);
}

#[tokio::test]
async fn a_change_whose_answer_broke_off_is_never_sent_again() {
    for reply in
        [Reply::HangUp, Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"da".to_vec())]
    {
        let node = Node::that(move |_, _| reply.clone()).await;
        let second = Node::that(|_, _| Reply::data(UPID)).await;
        let api = client([node.endpoint(), second.endpoint()]);
        let error = pve(&api).call(&guest::start(&at())).await.unwrap_err();
        assert!(matches!(error, PveError::Interrupted { .. }), "{error:?}");
        assert!(!error.is_transient());
        assert_eq!((node.lines().len(), second.connections()), (1, 0));
    }
}

#[tokio::test]
async fn a_change_on_a_kept_connection_that_breaks_is_never_sent_again() {
    let node = Node::that(|_, before| if before == 0 { Reply::data(VERSION) } else { Reply::HangUp }).await;
    let api = client([node.endpoint()]);
    pve(&api).call(&cluster::version()).await.unwrap();
    let error = pve(&api).call(&guest::start(&at())).await.unwrap_err();
    assert!(matches!(error, PveError::Interrupted { .. }), "{error:?}");
    assert_eq!(node.lines(), ["GET /api2/json/version", "POST /api2/json/nodes/pve1/lxc/101/status/start"]);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_not_trusted_to_a_connection_that_lay_idle() {
    let node =
        Node::that(|asked, _| Reply::data(if asked.line.starts_with("GET") { VERSION } else { UPID })).await;
    let api = client([node.endpoint()]);
    quickly(pve(&api).call(&cluster::version())).await.unwrap();
    tokio::time::advance(Duration::from_secs(5)).await;
    quickly(pve(&api).call(&cluster::version())).await.unwrap();
    assert_eq!(node.connections(), 1, "a question is");
    tokio::time::advance(Duration::from_secs(5)).await;
    quickly(pve(&api).call(&guest::start(&at()))).await.unwrap();
    assert_eq!(node.connections(), 2);
}

#[tokio::test(start_paused = true)]
async fn only_so_many_are_on_their_way_at_once() {
    let node =
        Node::that(|_, _| Reply::After(Duration::from_millis(50), Box::new(Reply::data(VERSION)))).await;
    let api = std::sync::Arc::new(client_within(Limits::default().with_at_once(3), [node.endpoint()]));
    let calls = (0..12).map(|_| {
        let api = std::sync::Arc::clone(&api);
        async move { pve(&api).call(&cluster::version()).await.unwrap().version }
    });
    assert_eq!(quickly(all(calls)).await.len(), 12);
    assert_eq!((node.most_at_once(), node.connections()), (3, 3));
}

#[tokio::test]
async fn who_gives_up_leaves_nothing_behind() {
    for said in
        ["", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"data\":"]
    {
        let node = Node::that(
            move |_, before| if before == 0 { Reply::Stall(said.into()) } else { Reply::data(VERSION) },
        )
        .await;
        let api = client_within(Limits::default().with_at_once(1), [node.endpoint()]);
        {
            let version = cluster::version();
            let mut call = Box::pin(pve(&api).call(&version));
            tokio::select! {
                answer = &mut call => panic!("{answer:?}"),
                () = until(|| !node.asked().is_empty()) => {}
            }
        }
        pve(&api).call(&cluster::version()).await.expect("the only permit is free again");
        until(|| node.closed() == 1).await;
        assert_eq!(node.connections(), 2, "the one given up is not used again");
    }
}

/// Lets the others run until it is so.
async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn forms_and_credentials_arrive_as_proxmox_wants_them() {
    let node = Node::that(|_, _| Reply::data(UPID)).await;
    let api = client([node.endpoint()]);
    let name = "s1".parse().unwrap();
    let upid = pve(&api)
        .call(&labkeeper_core::pve::calls::snapshot::create(&at(), &name, "a&b = ü\n"))
        .await
        .unwrap();
    assert_eq!(upid.kind(), "vzstart");
    let asked = node.asked().remove(0);
    assert_eq!(asked.line, "POST /api2/json/nodes/pve1/lxc/101/snapshot");
    assert_eq!(asked.body, "snapname=s1&description=a%26b%20%3D%20%C3%BC%0A");
    let head = asked.head.to_lowercase();
    for line in [
        "authorization: pveapitoken=labkeeper@pve!observe=5ec2e7-0b7e7b2c",
        "content-type: application/x-www-form-urlencoded",
        "accept: application/json",
    ] {
        assert!(head.lines().any(|known| known == line), "{line} is not in\n{head}");
    }
}
