//! Whom a node is, and who is let in: what is decided before a command is sent.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command as Program;
use std::time::{Duration, Instant};

use labkeeper_core::ports::Shell as _;
use labkeeper_core::pve::Fingerprint;
use labkeeper_core::shell::{ShellError, Spot};
use labkeeper_proxmox::{HostKey, KeyError, PrivateKey, Ssh};

use crate::door::{address, name, open, script, settings};
use crate::relay::Relay;

#[tokio::test]
async fn another_host_key_than_the_pinned_one_is_told_nothing() {
    let Some(door) = open("another_host_key_than_the_pinned_one_is_told_nothing").await else { return };
    let relay = Relay::to(door.server.address).await;
    let pin = |pin| {
        Ssh::new(settings(&door.server, |node| {
            node.addresses = vec![address(relay.port)];
            node.host_key = pin;
        }))
    };
    let other = pin(HostKey::Pin(Fingerprint::of(b"another key")));
    let presented = door.server.fingerprint.parse().unwrap();
    let refused = other.run(&door.host, &script("true")).await.unwrap_err();
    assert_eq!(refused, ShellError::WrongHostKey { node: name(), presented });
    assert_eq!(relay.opened(), 1, "it is of no use to try again");
    // KEXINIT, ECDH_INIT, perhaps DISCONNECT: nobody's name, no key, no command.
    let kinds = plain_packets(&relay.sent());
    assert!(kinds.iter().all(|kind| [1, 20, 30].contains(kind)), "{kinds:?}");

    let unpinned = pin(HostKey::Nothing).knock(&name()).await.unwrap_err();
    assert_eq!(unpinned, ShellError::NotSetUp { node: name() });
    assert_eq!(relay.opened(), 1, "without a pin nobody is called");
}

/// Kinds of the packets before encryption begins.
fn plain_packets(sent: &[u8]) -> Vec<u8> {
    let version = sent.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let (mut rest, mut kinds) = (&sent[version..], Vec::new());
    while rest.len() > 5 {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        kinds.push(rest[5]);
        rest = rest.get(4 + length..).expect("a whole packet that is not encrypted");
    }
    kinds
}

#[tokio::test]
async fn who_is_not_let_in_hears_it_at_once() {
    let Some(door) = open("who_is_not_let_in_hears_it_at_once").await else { return };
    let folder = tempfile::tempdir().unwrap();
    let stranger = folder.path().join("stranger");
    keygen(&stranger, "");
    let relay = Relay::to(door.server.address).await;
    let ssh = Ssh::new(settings(&door.server, |node| {
        node.addresses = vec![address(relay.port)];
        node.key = PrivateKey::read(&stranger).unwrap();
    }));
    let refused = ssh.run(&door.host, &script("true")).await.unwrap_err();
    assert_eq!(refused, ShellError::NotLetIn { node: name() });
    assert_eq!(relay.opened(), 1, "it is of no use to try again");

    let elsewhere = Spot::Host("pve7".parse().unwrap());
    let unknown = door.ssh.run(&elsewhere, &script("true")).await.unwrap_err();
    assert_eq!(unknown, ShellError::NotSetUp { node: "pve7".parse().unwrap() });
}

#[tokio::test]
async fn a_node_that_is_off_is_given_up_within_seconds_by_all_who_wait() {
    let Some(door) = open("a_node_that_is_off_is_given_up_within_seconds_by_all_who_wait").await else {
        return;
    };
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    // One answers nothing, one refuses.
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute = (mute.local_addr().unwrap().port(), mute);
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(mute.0), address(free)]));
    let begun = Instant::now();
    let command = script("true");
    let all = futures::future::join_all((0..12).map(|_| ssh.run(&door.host, &command))).await;
    assert!(all.iter().all(|one| matches!(one, Err(ShellError::Unreachable { .. }))), "{all:?}");
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());

    // A second address that answers is enough.
    let port = door.server.address.port();
    let ssh = Ssh::new(settings(&door.server, |node| node.addresses = vec![address(free), address(port)]));
    ssh.knock(&name()).await.unwrap();
}

#[test]
fn a_key_must_be_private_whole_and_without_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(matches!(PrivateKey::read(&at("none")), Err(KeyError::Unreadable(..))));

    keygen(&at("good"), "");
    let key = PrivateKey::read(&at("good")).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(…)");
    std::fs::set_permissions(at("good"), std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(PrivateKey::read(&at("good")), Err(KeyError::Loose(..))));

    keygen(&at("locked"), "a passphrase");
    assert!(matches!(PrivateKey::read(&at("locked")), Err(KeyError::Encrypted(..))));

    for (name, text) in
        [("empty", ""), ("public", "ssh-ed25519 AAAA x"), ("other", "-----BEGIN X-----\n-----END X-----\n")]
    {
        std::fs::write(at(name), text).unwrap();
        std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(0o600)).unwrap();
        let refused = PrivateKey::read(&at(name)).unwrap_err();
        assert!(matches!(refused, KeyError::Unusable(..)), "{name}: {refused:?}");
    }
}

fn keygen(path: &Path, passphrase: &str) {
    let made = Program::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", passphrase, "-f"])
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}
