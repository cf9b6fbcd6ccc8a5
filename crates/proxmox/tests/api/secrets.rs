//! The secret is sent, and shown nowhere.

use labkeeper_core::pve::calls::cluster;
use labkeeper_core::pve::{Fingerprint, IdError, Secret};
use labkeeper_proxmox::{Api, Endpoint, Limits, Trust};

use crate::clock::quickly;
use crate::node::{Node, Reply, SECRET, client, nobody, pve, settings, shows_the_secret};

#[tokio::test]
async fn nothing_that_can_be_printed_holds_it() {
    let node = Node::that(|_, _| Reply::data(r#"{"version":"9.1.8"}"#)).await;
    let settings = settings(Limits::default(), [node.endpoint()]);
    let api = Api::new(&settings).unwrap();
    pve(&api).call(&cluster::version()).await.unwrap();
    assert!(node.asked()[0].head.contains(SECRET), "it was sent");
    for shown in [
        format!("{settings:?} {settings:#?}"),
        format!("{api:?} {api:#?}"),
        format!("{:?}", cluster::version()),
    ] {
        assert!(!shows_the_secret(&shown), "{shown}");
        assert!(shown.len() > 10);
    }
}

#[tokio::test(start_paused = true)]
async fn no_error_holds_it() {
    let print = Fingerprint::of(b"another certificate");
    let mut errors = Vec::new();
    for reply in [
        Reply::Json(401, "Authentication failed!", String::new()),
        Reply::Json(403, "Permission check failed", String::new()),
        Reply::Json(500, "it broke", String::new()),
        Reply::Json(200, "OK", "<html>".into()),
        Reply::HangUp,
    ] {
        let node = Node::that(move |_, _| reply.clone()).await;
        errors.push(quickly(pve(&client([node.endpoint()])).call(&cluster::version())).await.unwrap_err());
        let wrong = Endpoint { address: node.address.clone(), trust: Trust::Pin(print) };
        errors.push(quickly(pve(&client([wrong])).call(&cluster::version())).await.unwrap_err());
    }
    let dead = Endpoint { address: nobody().await, trust: Trust::Pin(print) };
    errors.push(quickly(pve(&client([dead])).call(&cluster::version())).await.unwrap_err());
    for error in errors {
        let shown = format!("{error} {error:?} {}", error.remedy());
        assert!(!shows_the_secret(&shown), "{shown}");
    }
}

#[test]
fn a_secret_that_no_header_can_carry_is_refused() {
    for bad in ["", " ", "a b", "a\r\nx-evil: 1", "ü"] {
        assert_eq!(bad.parse::<Secret>(), Err(IdError::Secret));
    }
}
