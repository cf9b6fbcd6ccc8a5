//! Slow, endless and senseless answers cost a bounded time and are called what they are.

use std::time::Duration;

use labkeeper_core::pve::calls::{cluster, guest};
use labkeeper_core::pve::{GuestAt, GuestKind, PveError};
use labkeeper_proxmox::Limits;
use tokio::time::Instant;

use crate::clock::quickly;
use crate::node::{Node, Reply, client, client_within, pve};

fn at() -> GuestAt {
    GuestAt { node: "pve1".parse().unwrap(), kind: GuestKind::Lxc, vmid: "101".parse().unwrap() }
}

#[tokio::test(start_paused = true)]
async fn a_silent_node_is_a_timeout_and_not_asked_again() {
    for said in ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"data\":"] {
        let node = Node::that(move |_, _| Reply::Stall(said.into())).await;
        let api = client([node.endpoint()]);
        let begun = Instant::now();
        let error = quickly(pve(&api).call(&cluster::version())).await.unwrap_err();
        let expected = PveError::Timeout { endpoint: node.address.clone(), after: Duration::from_secs(10) };
        assert_eq!(error, expected, "after {said:?}");
        assert!((10..13).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        assert_eq!(node.asked().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_silence_another_node_is_asked_first() {
    let silent = Node::that(|_, _| Reply::Stall(Vec::new())).await;
    let living = Node::that(|_, _| Reply::data(r#"{"version":"9.1.8"}"#)).await;
    // Short enough that there would be time for another try.
    let limits = Limits::default().with_answer(Duration::from_secs(4));
    let api = client_within(limits, [silent.endpoint(), living.endpoint()]);
    let error = quickly(pve(&api).call(&cluster::version())).await.unwrap_err();
    assert!(matches!(error, PveError::Timeout { .. }), "{error:?}");
    assert_eq!(living.asked().len(), 0, "a slow question is not asked twice");
    quickly(pve(&api).call(&cluster::version())).await.unwrap();
    assert_eq!((silent.asked().len(), living.asked().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_change_without_an_answer_may_have_been_made() {
    let node = Node::that(|_, _| Reply::Stall(Vec::new())).await;
    let error = quickly(pve(&client([node.endpoint()])).call(&guest::start(&at()))).await.unwrap_err();
    assert!(matches!(error, PveError::Interrupted { .. }), "{error:?}");
    assert!(error.remedy().contains("look whether it was made"));
    assert_eq!(node.asked().len(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n{".to_vec();
    let mut chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..64 {
        chunked.extend_from_slice(b"400\r\n");
        chunked.extend_from_slice(&[b' '; 0x400]);
        chunked.extend_from_slice(b"\r\n");
    }
    for bytes in [announced, chunked] {
        let node = Node::that(move |_, _| Reply::Stall(bytes.clone())).await;
        let api = client_within(Limits::default().with_bytes(10_000), [node.endpoint()]);
        let error = pve(&api).call(&cluster::version()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{} answers what Proxmox would not: an answer of more than 10000 bytes", node.address)
        );
        assert_eq!(node.asked().len(), 1);
        while node.closed() == 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn an_answer_of_exactly_the_limit_is_read() {
    let body = r#"{"data":{"version":"9.1.8"}}"#;
    let node = Node::that(move |_, _| Reply::Json(200, "OK", body.into())).await;
    for (limit, is_read) in [(body.len(), true), (body.len() - 1, false)] {
        let api = client_within(Limits::default().with_bytes(limit), [node.endpoint()]);
        assert_eq!(pve(&api).call(&cluster::version()).await.is_ok(), is_read, "{limit}");
    }
}

#[tokio::test]
async fn senseless_answers_are_called_so() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let table = [
        (200, "<html><title>It works!</title></html>".to_owned(), "it is no JSON object"),
        (200, "[]".into(), "it is no JSON object"),
        (200, r#"{"data":{"version""#.into(), "it is no JSON object"),
        (200, String::new(), "it is no JSON object"),
        (200, deep, "it is no JSON object"),
        (200, r#"{"version":"9.1.8"}"#.into(), "there is no `data` in it"),
        (200, r#"{"data":{"release":"9.1"}}"#.into(), "missing field `version`"),
        (200, r#"{"data":null}"#.into(), "invalid type: null"),
        (302, String::new(), "status 302"),
        (404, "<html>nginx</html>".into(), "there is no such path"),
    ];
    for (status, body, reason) in table {
        let shown = body.chars().take(40).collect::<String>();
        let node = Node::that(move |_, _| Reply::Json(status, "OK", body.clone())).await;
        let error = pve(&client([node.endpoint()])).call(&cluster::version()).await.unwrap_err();
        assert!(matches!(error, PveError::Malformed { .. }), "{status} {shown}: {error:?}");
        assert!(error.to_string().contains(reason), "{status} {shown}: {error}");
        assert_eq!(node.asked().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_http_is_a_broken_connection() {
    let node = Node::that(|_, _| Reply::Bytes(b"SSH-2.0-OpenSSH_10.0\r\n".to_vec())).await;
    let error = quickly(pve(&client([node.endpoint()])).call(&cluster::version())).await.unwrap_err();
    assert!(matches!(error, PveError::Unreachable { .. }), "{error:?}");
    assert!(node.asked().len() <= 3);
}
