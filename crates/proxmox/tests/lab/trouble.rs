//! Nodes that go away, credentials that do not fit, and answers that go wrong.

use std::time::Duration;

use labkeeper_core::pve::calls::{cluster, guest, node};
use labkeeper_core::pve::{PveError, RunState};
use labkeeper_proxmox::probe_certificate;
use labkeeper_sim::door::{Mishap, What};

use crate::cluster::{Home, find, pve};

fn mishap(below: &str, what: What, times: u32) -> Mishap {
    Mishap { below: below.into(), what, times: Some(times) }
}

#[tokio::test]
async fn a_wrong_secret_is_refused_in_proxmox_words() {
    let home = Home::open().await;
    for (token, secret) in [("observe", "another-secret"), ("unknown", "a-secret")] {
        let api = home.client_with(token, secret);
        let error = pve(&api).call(&cluster::version()).await.unwrap_err();
        assert!(
            matches!(&error, PveError::Unauthorised { reason, .. } if reason == "Authentication failed!"),
            "{error:?}"
        );
    }
    assert_eq!((home.doors[0].connections(), home.doors[1].connections()), (2, 0));
}

#[tokio::test]
async fn a_node_that_goes_down_is_got_around() {
    let home = Home::open().await;
    let api = home.client("observe");
    pve(&api).call(&cluster::version()).await.unwrap();
    home.lab.cluster().world.nodes.get_mut("pve1").unwrap().online = false;
    let nodes = pve(&api).call(&cluster::nodes()).await.unwrap();
    assert_eq!(nodes.iter().filter(|node| node.is_online()).count(), 2);
    assert!(home.doors[1].connections() > 0);
    let error = pve(&api).call(&node::status(&"pve1".parse().unwrap())).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn questions_survive_a_dropped_connection_and_changes_say_what_is_unknown() {
    let home = Home::open().await;
    let api = home.client("operate");
    let playground = find(&api, "playground").await;
    home.lab.let_happen(mishap("/version", What::Drop, 1));
    pve(&api).call(&cluster::version()).await.unwrap();
    home.lab.let_happen(mishap("/nodes/pve3/lxc/115/status/start", What::Drop, 1));
    let error = pve(&api).call(&guest::start(&playground)).await.unwrap_err();
    assert!(matches!(error, PveError::Interrupted { .. }), "{error:?}");
    // It had been made: had the client repeated it, Proxmox would have started it twice.
    let tasks = home.lab.cluster().world.tasks.iter().filter(|task| task.kind == "vzstart").count();
    assert_eq!(tasks, 1);
    while pve(&api).call(&guest::status(&playground)).await.unwrap().status != RunState::Running {}
}

#[tokio::test]
async fn garbage_and_floods_are_no_answers() {
    let home = Home::open().await;
    let api = home.client("observe");
    for what in [What::Garbage, What::Flood(17 << 20), What::Lie(serde_json::json!({"version": []}))] {
        home.lab.let_happen(mishap("/version", what.clone(), 1));
        let error = pve(&api).call(&cluster::version()).await.unwrap_err();
        assert!(matches!(error, PveError::Malformed { .. }), "{what:?}: {error:?}");
    }
    pve(&api).call(&cluster::version()).await.unwrap();
}

#[tokio::test]
async fn the_certificate_of_each_door_is_its_own() {
    let home = Home::open().await;
    for door in &home.doors {
        let seen = probe_certificate(&door.address.to_string().parse().unwrap(), Duration::from_secs(5))
            .await
            .unwrap();
        assert_eq!(seen.fingerprint.to_string(), door.fingerprint);
    }
}
