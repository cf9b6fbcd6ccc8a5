//! The connection with a simulated cluster of three nodes, looked at by the real client: sound, and unsound in each way.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::fault::Code;
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::Fingerprint;
use labkeeper_core::stamp::Stamp;
use labkeeper_core::tier::Tier;
use labkeeper_ops::keeper::Clusters;
use labkeeper_proxmox::{Api, Endpoint, Limits, Settings, Trust};
use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::door::{Https, Lab as Simulated, Options, now};
use labkeeper_sim::world::World;
use serde_json::{Value, json};

use crate::lab::Lab;

const DAY: i64 = 24 * 60 * 60;

/// A cluster, its doors, and a token with these roles everywhere.
struct Home {
    simulated: Arc<Simulated>,
    doors: Vec<Https>,
    settings: Settings,
}

impl Home {
    async fn of(release: Release, tier: Option<Tier>, roles: &[&str]) -> Self {
        let world = World::homelab(release, now());
        let mut cluster = labkeeper_sim::Cluster::new(world);
        let access = &mut cluster.access;
        let operate = ["VM.PowerMgmt", "VM.Snapshot", "VM.Snapshot.Rollback"].map(str::to_string);
        access.add_role("Operate", operate.into()).unwrap();
        access.add_user("hub@pve", UserChange { enabled: Some(true), ..UserChange::default() }).unwrap();
        access.add_token("hub@pve", "lab", TokenChange::default()).unwrap();
        access.set_secret("hub@pve!lab", "secret").unwrap();
        for role in roles {
            access.grant("/", Holder::User("hub@pve".into()), role, true).unwrap();
            access.grant("/", Holder::Token("hub@pve!lab".into()), role, true).unwrap();
        }
        let simulated = Arc::new(Simulated::new(cluster));
        let (mut doors, mut endpoints) = (Vec::new(), Vec::new());
        for node in ["pve1", "pve2", "pve3"] {
            let options = Options { refusal_takes: Duration::from_millis(20), ..Options::default() };
            let door = Https::open(Arc::clone(&simulated), node, options).await.unwrap();
            let trust = Trust::Pin(door.fingerprint.parse().unwrap());
            endpoints.push(Endpoint { address: door.address.to_string().parse().unwrap(), trust });
            doors.push(door);
        }
        let settings = Settings {
            cluster: "home".parse().unwrap(),
            endpoints,
            token: "hub@pve!lab".parse().unwrap(),
            secret: "secret".parse().unwrap(),
            tier,
            extras: Default::default(),
            limits: Limits::default(),
        };
        Self { simulated, doors, settings }
    }

    async fn observing() -> Self {
        Self::of(Release::V9, Some(Tier::Observe), &["PVEAuditor"]).await
    }

    /// A hub that is connected so, with the same time as the nodes.
    async fn hub(&self) -> Lab {
        let api: Arc<dyn Pve> = Arc::new(Api::new(&self.settings).unwrap());
        let lab = Lab::connected_to(Clusters::new(vec![api])).await;
        lab.clock.set(Stamp(now() * 1_000_000));
        lab
    }

    async fn checked(&self) -> Value {
        self.hub().await.ask("cluster_check", json!({})).await["clusters"][0].clone()
    }
}

/// What was found by that check, as level and words.
fn found<'a>(cluster: &'a Value, check: &str) -> Vec<(&'a str, &'a str)> {
    let findings = cluster["findings"].as_array().unwrap().iter();
    let about = findings.filter(|finding| finding["check"] == check);
    about.map(|finding| (finding["status"].as_str().unwrap(), finding["finding"].as_str().unwrap())).collect()
}

/// What is not as it should be says what to do, whatever it is.
fn assert_remedies(cluster: &Value) {
    for finding in cluster["findings"].as_array().unwrap() {
        let sound = finding["status"] == "ok";
        let remedy = finding["remedy"].as_str().unwrap_or_default();
        assert_eq!(remedy.is_empty(), sound, "{finding}");
    }
}

#[tokio::test]
async fn a_token_made_for_its_tier_is_found_right_on_both_releases() {
    let table = [
        (Release::V8, Some(Tier::Observe), &["PVEAuditor"][..]),
        (Release::V9, Some(Tier::Observe), &["PVEAuditor"]),
        (Release::V8, Some(Tier::Operate), &["PVEAuditor", "Operate"]),
        (Release::V9, Some(Tier::Companion), &["PVEAuditor", "Operate"]),
        (Release::V9, None, &["PVEAuditor"]),
    ];
    for (release, tier, roles) in table {
        let home = Home::of(release, tier, roles).await;
        let cluster = home.checked().await;
        assert_eq!(cluster["status"], "ok", "{release:?} {tier:?}: {cluster:#}");
        assert_eq!(cluster["version"], release.version());
        assert_eq!(cluster["tier"], json!(tier));
        let endpoints = cluster["endpoints"].as_array().unwrap();
        let trusted = endpoints.iter().filter(|endpoint| endpoint["certificate"] == "trusted");
        assert_eq!(trusted.count(), 3);
        assert_remedies(&cluster);
    }
}

#[tokio::test]
async fn what_a_token_may_too_much_is_named_with_its_place() {
    let home = Home::observing().await;
    for holder in [Holder::User("hub@pve".into()), Holder::Token("hub@pve!lab".into())] {
        home.simulated.cluster().access.grant("/vms/101", holder, "PVEVMAdmin", true).unwrap();
    }
    let cluster = home.checked().await;
    assert_eq!(cluster["status"], "warn");
    let [(status, words)] = found(&cluster, "surplus")[..] else { panic!("{cluster:#}") };
    assert_eq!(status, "warn");
    assert!(words.contains("VM.Allocate on /vms/101") && !words.contains("VM.Audit on"), "{words}");
    assert_eq!(found(&cluster, "privileges")[0].0, "ok");
    assert_remedies(&cluster);
}

#[tokio::test]
async fn what_a_token_may_too_little_is_named() {
    let home = Home::of(Release::V9, Some(Tier::Operate), &["PVEAuditor"]).await;
    let cluster = home.checked().await;
    let words = "the token lacks VM.PowerMgmt, VM.Snapshot, VM.Snapshot.Rollback, which operate wants";
    assert_eq!(found(&cluster, "privileges"), [("warn", words)]);
    let nothing = Home::of(Release::V9, Some(Tier::Observe), &[]).await.checked().await;
    assert_eq!(found(&nothing, "privileges")[0].0, "crit");
    // Nor does an empty answer mean that all is well.
    assert_eq!(found(&nothing, "token_expiry")[0].0, "unknown");
    assert_remedies(&nothing);
}

#[tokio::test]
async fn a_node_with_another_certificate_never_gets_the_token() {
    let mut home = Home::observing().await;
    home.settings.endpoints[1].trust = Trust::Pin(Fingerprint::of(b"of last year"));
    let before = home.doors[1].connections();
    let cluster = home.checked().await;
    assert_eq!(cluster["status"], "crit");
    let endpoint = &cluster["endpoints"][1];
    assert_eq!((&endpoint["certificate"], &endpoint["latencyMs"]), (&json!("refused"), &json!(null)));
    let words = found(&cluster, "endpoint")[1].1;
    assert!(words.contains(&home.doors[1].fingerprint), "it shows what was found: {words}");
    assert!(home.doors[1].connections() > before, "it was looked at");
    // Had the token gone there, the node would have answered: nothing but a handshake took place.
    assert_eq!(found(&cluster, "token"), [("ok", "the token hub@pve!lab is accepted")]);
    assert_remedies(&cluster);
}

#[tokio::test]
async fn a_door_that_is_closed_is_seen_behind_those_that_are_open() {
    let mut home = Home::observing().await;
    drop(home.doors.remove(0));
    let cluster = home.checked().await;
    assert_eq!(cluster["status"], "warn", "{cluster:#}");
    let endpoints = found(&cluster, "endpoint");
    assert_eq!([endpoints[0].0, endpoints[1].0, endpoints[2].0], ["warn", "ok", "ok"]);
    assert!(endpoints[0].1.starts_with("cannot reach"), "{}", endpoints[0].1);
    home.doors.clear();
    let cluster = home.checked().await;
    assert_eq!((&cluster["status"], &cluster["version"]), (&json!("crit"), &json!(null)));
    assert_eq!(found(&cluster, "privileges")[0].0, "unknown", "nobody said that it is right");
    assert_remedies(&cluster);
}

#[tokio::test]
async fn an_expired_token_and_a_wrong_secret_are_refused_by_nodes_that_are_there() {
    let home = Home::observing().await;
    let expired = TokenChange { expire: Some(now() - 60), ..TokenChange::default() };
    home.simulated.cluster().access.change_token("hub@pve", "lab", expired).unwrap();
    let cluster = home.checked().await;
    let [(status, words)] = found(&cluster, "token")[..] else { panic!("{cluster:#}") };
    assert_eq!(status, "crit");
    assert!(words.contains("does not accept the token hub@pve!lab"), "{words}");
    assert!(found(&cluster, "endpoint").iter().all(|(status, _)| *status == "ok"));
    assert_remedies(&cluster);

    let mut home = Home::observing().await;
    home.settings.secret = "another".parse().unwrap();
    assert_eq!(found(&home.checked().await, "token")[0].0, "crit");
}

#[tokio::test]
async fn what_runs_out_is_told_before_it_does() {
    let home = Home::observing().await;
    let soon = TokenChange { expire: Some(now() + 5 * DAY + 60), ..TokenChange::default() };
    {
        let mut cluster = home.simulated.cluster();
        cluster.access.change_token("hub@pve", "lab", soon).unwrap();
    }
    let cluster = home.checked().await;
    assert_eq!(found(&cluster, "token_expiry"), [("crit", "the token hub@pve!lab expires in 5 days")]);
    assert_remedies(&cluster);
}

#[tokio::test]
async fn clocks_that_differ_are_told() {
    let home = Home::observing().await;
    let hub = home.hub().await;
    for (behind, level) in [(60, "warn"), (600, "crit")] {
        hub.clock.set(Stamp((now() - behind) * 1_000_000));
        let cluster = hub.ask("cluster_check", json!({})).await["clusters"][0].clone();
        let clocks = found(&cluster, "clock");
        assert_eq!(clocks.len(), 3);
        assert!(
            clocks.iter().all(|(status, words)| *status == level && words.contains("ahead of")),
            "{clocks:?}"
        );
        assert_remedies(&cluster);
    }
}

#[tokio::test]
async fn a_cluster_is_named_and_an_unconnected_hub_says_so() {
    let hub = Home::observing().await.hub().await;
    let fault = hub.refused("cluster_check", json!({"cluster": "attic"})).await;
    assert_eq!((fault.code, fault.hint.as_deref()), (Code::Invalid, Some("there is: home")));
    let fault = Lab::new().await.refused("cluster_check", json!({})).await;
    assert_eq!(fault.code, Code::Conflict);
}
