//! The certificate decides before anything is said.

use std::time::Duration;

use labkeeper_core::pve::PveError;
use labkeeper_core::pve::calls::{cluster, guest};
use labkeeper_core::pve::{Fingerprint, GuestAt, GuestKind};
use labkeeper_proxmox::{Api, Endpoint, Limits, SettingsError, Trust, probe_certificate};

use crate::node::{Identity, Node, Reply, client, no_node, nobody, pve, settings};

fn other() -> Fingerprint {
    Fingerprint::of(b"another certificate")
}

fn at() -> GuestAt {
    GuestAt { node: "pve1".parse().unwrap(), kind: GuestKind::Lxc, vmid: "101".parse().unwrap() }
}

#[tokio::test]
async fn another_certificate_gets_not_a_byte_and_no_second_try() {
    for versions in [&[&rustls::version::TLS12], &[&rustls::version::TLS13]] {
        let node = Node::with(Identity::new(), versions, |_, _| Reply::data("{}")).await;
        let second = Node::that(|_, _| Reply::data("{}")).await;
        let suspicious = Endpoint { address: node.address.clone(), trust: Trust::Pin(other()) };
        let api = client([suspicious, second.endpoint()]);
        for error in [
            pve(&api).call(&cluster::version()).await.unwrap_err(),
            pve(&api).call(&guest::start(&at())).await.unwrap_err(),
        ] {
            let expected = PveError::PinMismatch {
                endpoint: node.address.clone(),
                expected: other(),
                found: node.print,
            };
            assert_eq!(error, expected);
            assert!(!error.is_transient());
        }
        assert_eq!(node.connections(), 2, "one for each call");
        assert_eq!((node.bytes(), node.asked().len()), (0, 0));
        assert_eq!(second.connections(), 0, "who may be in between is not got around by asking elsewhere");
    }
}

#[tokio::test]
async fn the_right_certificate_without_its_key_is_worth_nothing() {
    for versions in [&[&rustls::version::TLS12], &[&rustls::version::TLS13]] {
        let impostor = Node::with(Identity::impostor(), versions, |_, _| Reply::data("{}")).await;
        let api = client([impostor.endpoint()]);
        let error = pve(&api).call(&cluster::version()).await.unwrap_err();
        assert!(matches!(error, PveError::Untrusted { .. }), "{error:?}");
        let error = probe_certificate(&impostor.address, Duration::from_secs(3)).await.unwrap_err();
        assert!(matches!(error, PveError::Untrusted { .. }), "{error:?}");
        assert_eq!((impostor.bytes(), impostor.asked().len()), (0, 0));
    }
}

#[tokio::test]
async fn a_node_without_a_pin_is_not_even_greeted() {
    let node = Node::that(|_, _| Reply::data("{}")).await;
    let api = client([Endpoint { address: node.address.clone(), trust: Trust::Nothing }]);
    let error = pve(&api).call(&cluster::version()).await.unwrap_err();
    assert_eq!(error, PveError::NoPin { endpoint: node.address.clone() });
    assert!(error.remedy().contains("labkeeper setup"));
    assert_eq!(node.connections(), 0);
}

#[tokio::test]
async fn authorities_do_not_vouch_for_a_certificate_that_signed_itself() {
    let node = Node::that(|_, _| Reply::data("{}")).await;
    let endpoint = Endpoint { address: node.address.clone(), trust: Trust::SystemRoots };
    match Api::new(&settings(Limits::default(), [endpoint])) {
        Ok(api) => {
            let error = pve(&api).call(&cluster::version()).await.unwrap_err();
            assert!(matches!(error, PveError::Untrusted { .. }), "{error:?}");
        }
        // A machine without any authority.
        Err(error) => assert!(matches!(error, SettingsError::NoAuthorities(..)), "{error:?}"),
    }
    assert_eq!((node.bytes(), node.asked().len()), (0, 0));
}

#[tokio::test]
async fn a_certificate_is_looked_at_without_a_word() {
    let node = Node::that(|_, _| Reply::data("{}")).await;
    let seen = probe_certificate(&node.address, Duration::from_secs(3)).await.unwrap();
    assert_eq!(seen.fingerprint, node.print);
    assert_eq!(Fingerprint::of(&seen.der), node.print);
    let facts = seen.facts.unwrap();
    assert_eq!(facts.subject, "/CN=rcgen self signed cert");
    assert_eq!(facts.names, ["pve1", "127.0.0.1"]);
    assert!(facts.not_before < facts.not_after);
    assert_eq!((node.bytes(), node.asked().len()), (0, 0));
}

#[tokio::test]
async fn where_no_node_is_looking_says_so() {
    let error = probe_certificate(&nobody().await, Duration::from_secs(3)).await.unwrap_err();
    assert!(matches!(error, PveError::Unreachable { .. }), "{error:?}");
    let (plain, _) = no_node(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let error = probe_certificate(&plain, Duration::from_secs(3)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{plain} answers what Proxmox would not: what answers there speaks no TLS")
    );
}
