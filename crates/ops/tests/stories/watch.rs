//! Items that are watched: who answers, since when, who is told, and what a list or a search makes of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use labkeeper_core::discovery::{Page, QuietHours};
use labkeeper_core::ports::{Later, Notice, Notifier};
use labkeeper_core::pve::CertificateFacts;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::discovery::watch_settings::WatchSettings;
use serde_json::{Value, json};

use crate::lab::{Lab, no_model};
use crate::town::{Town, town};
use crate::work::{start, until};

const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who is told.
#[derive(Default)]
pub(crate) struct Ears(Mutex<Vec<Notice>>);

impl Ears {
    pub(crate) fn titles(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|notice| notice.title.clone()).collect()
    }
}

impl Notifier for Ears {
    fn notify<'a>(&'a self, notice: &'a Notice) -> Later<'a, Result<(), String>> {
        self.0.lock().unwrap().push(notice.clone());
        Box::pin(async { Ok(()) })
    }
}

struct Watched {
    lab: Lab,
    town: Arc<Town>,
    ears: Arc<Ears>,
}

impl Watched {
    /// Three items on a network of three hosts, and a document.
    async fn new(town: Town, quiet: Option<QuietHours>) -> Self {
        let (town, ears) = (Arc::new(town), Arc::new(Ears::default()));
        let watch =
            WatchSettings { every: Some(Duration::from_millis(20)), quiet, ..WatchSettings::default() };
        let lab = Lab::watching(town.clone(), watch, Some(ears.clone() as Arc<dyn Notifier>)).await;
        lab.create("hardware", json!({"name": "router", "ip_address": "10.0.0.1"})).await;
        lab.create("hardware", json!({"name": "pve1", "ip_address": "10.0.0.2"})).await;
        lab.create("apps", json!({"name": "grafana", "ip_address": "10.0.0.3", "port": 3000, "https": true}))
            .await;
        lab.create("documents", json!({"title": "10.0.0.1"})).await;
        Self { lab, town, ears }
    }

    async fn standing(&self) -> Value {
        self.lab.ask("reachability_list", json!({})).await
    }

    /// Waits until so many are down.
    async fn until_down(&self, many: usize) {
        until(PATIENCE, "down", || async {
            let now = self.standing().await;
            now["down"] == many && now["count"] == 3
        })
        .await;
    }

    async fn until_told(&self, many: usize) {
        until(PATIENCE, "told", || async { self.ears.titles().len() >= many }).await;
    }
}

#[tokio::test]
async fn who_goes_and_comes_back_is_noted_told_and_found() {
    let watched = Watched::new(town(), None).await;
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_down(0).await;
    watched.town.send_away(&["10.0.0.2"]);
    watched.until_down(1).await;
    watched.until_told(1).await;
    assert_eq!(watched.ears.titles(), ["labkeeper: pve1 does not answer"]);
    let down = watched.lab.ask("reachability_list", json!({"down": true})).await;
    assert_eq!(json!([down["count"], down["data"][0]["item"]["name"]]), json!([1, "pve1"]));
    let found = watched.lab.search("is:down").await;
    assert_eq!(found["data"][0]["name"], "pve1", "{found}");
    assert_eq!(found["degraded"], Value::Null);
    let rows = watched.lab.ask("inventory_list", json!({"type": "hardware", "include": "health"})).await;
    assert_eq!(
        json!([rows["data"][0]["health"]["alive"], rows["data"][1]["health"]["alive"]]),
        json!([true, false])
    );
    watched.town.send_away(&[]);
    watched.until_down(0).await;
    watched.until_told(2).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(watched.ears.titles()[1], "labkeeper: pve1 answers again");
    let past = watched.lab.ask("reachability_history", json!({"id": 2})).await;
    let alive: Vec<&Value> =
        past["stretches"].as_array().unwrap().iter().map(|stretch| &stretch["alive"]).collect();
    assert_eq!(alive, [&json!(true), &json!(false), &json!(true)]);
    let week = watched.lab.ask("reachability_list", json!({"outages": true})).await;
    let [outage] = week["outages"].as_array().unwrap().as_slice() else { panic!("{week}") };
    assert_eq!((&outage["item"]["name"], &outage["since"]), (&json!("pve1"), &past["stretches"][1]["since"]));
    assert_eq!(outage["until"], past["stretches"][1]["until"], "it is over");
    let events = watched.lab.keeper.store().read().await.unwrap().events_after(0, 1000).await.unwrap();
    let turns: Vec<(&str, Option<i64>)> = events
        .iter()
        .filter(|event| event.r#type == "reach" && event.id.is_some())
        .map(|event| (event.action.as_str(), event.id))
        .collect();
    assert_eq!(turns, [("down", Some(2)), ("up", Some(2))]);
}

#[tokio::test]
async fn when_nobody_answers_it_is_the_hub_that_is_cut_off() {
    let watched = Watched::new(town(), None).await;
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_down(0).await;
    watched.town.send_away(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    let asked = || watched.town.rounds.load(std::sync::atomic::Ordering::Relaxed);
    let before = asked();
    until(PATIENCE, "some more looks", || async { asked() > before + 6 }).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(watched.standing().await["down"], 0);
    assert_eq!(watched.ears.titles(), [] as [String; 0]);
}

#[tokio::test]
async fn a_hub_that_only_hears_itself_is_cut_off_too() {
    let watched = Watched::new(Town { here: Some("10.0.0.1".parse().unwrap()), ..town() }, None).await;
    watched.lab.create("hardware", json!({"name": "pve1-ipmi", "ip_address": "10.0.0.2"})).await;
    let (shutdown, worker) = start(&watched.lab.keeper);
    until(PATIENCE, "all four answer", || async { watched.standing().await["count"] == 4 }).await;
    watched.town.send_away(&["10.0.0.2", "10.0.0.3"]);
    let asked = || watched.town.rounds.load(std::sync::atomic::Ordering::Relaxed);
    let before = asked();
    until(PATIENCE, "some more looks", || async { asked() > before + 6 }).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!((&watched.standing().await["down"], watched.ears.titles().len()), (&json!(0), 0));
}

#[tokio::test]
async fn once_nothing_is_watched_nothing_is_claimed_of_now() {
    let watched = Watched::new(town(), None).await;
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_down(0).await;
    shutdown.cancel();
    worker.await.unwrap();
    let without = watched.lab.beside(Arc::new(no_model)).await;
    let (shutdown, worker) = start(&without);
    until(PATIENCE, "it is over", || async { watched.standing().await["count"] == 0 }).await;
    shutdown.cancel();
    worker.await.unwrap();
    let past = watched.lab.ask("reachability_history", json!({"id": 1})).await;
    assert_eq!(past["stretches"][0]["until"], past["stretches"][0]["seen_at"], "{past}");
}

#[tokio::test]
async fn what_is_gone_with_its_name_is_down_and_a_dead_resolver_says_nothing() {
    let watched = Watched::new(town(), None).await;
    watched.town.call(&[("nas.lan", "10.0.0.2"), ("tv.lan", "10.0.0.3")]);
    for (name, hostname) in [("nas", "nas.lan"), ("tv", "tv.lan")] {
        watched.lab.create("hardware", json!({"name": name, "hostname": hostname})).await;
    }
    let (shutdown, worker) = start(&watched.lab.keeper);
    let stand = |count: u64, down: u64| {
        let watched = &watched;
        until(PATIENCE, "it stands so", move || async move {
            let now = watched.standing().await;
            now["count"] == count && now["down"] == down
        })
    };
    stand(5, 0).await;
    watched.town.call(&[("nas.lan", ""), ("tv.lan", "")]);
    let before = watched.town.rounds.load(std::sync::atomic::Ordering::Relaxed);
    let rounds = || watched.town.rounds.load(std::sync::atomic::Ordering::Relaxed);
    until(PATIENCE, "some more looks", || async { rounds() > before + 6 }).await;
    stand(5, 0).await;
    watched.town.call(&[("nas.lan", ""), ("tv.lan", "10.0.0.3")]);
    stand(5, 1).await;
    watched.until_told(1).await;
    watched.town.call(&[("nas.lan", "10.0.0.2"), ("tv.lan", "10.0.0.3")]);
    watched.until_told(2).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(watched.ears.titles(), ["labkeeper: nas does not answer", "labkeeper: nas answers again"]);
}

#[tokio::test]
async fn in_quiet_hours_nobody_is_told_and_afterwards_what_still_is() {
    // The clock of the lab stands at eight in the morning.
    let quiet = QuietHours::parse("07:00-09:00").unwrap();
    let watched = Watched::new(town(), Some(quiet)).await;
    assert!(quiet.contains(watched.lab.now()), "{}", watched.lab.now().text());
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_down(0).await;
    watched.town.send_away(&["10.0.0.2", "10.0.0.3"]);
    watched.until_down(2).await;
    watched.town.send_away(&["10.0.0.2"]);
    watched.until_down(1).await;
    assert_eq!(watched.ears.titles(), [] as [String; 0]);
    // Who has to be told is known beyond the life of the hub.
    shutdown.cancel();
    worker.await.unwrap();
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.lab.clock.advance(Duration::from_secs(2 * 3600));
    watched.until_told(1).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(watched.ears.titles(), ["labkeeper: pve1 does not answer"]);
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_told_once() {
    let mut town = town();
    let end = Stamp(1_800_000_000_000_000).0 / 1_000_000 + 5 * 24 * 3600;
    let shown = CertificateFacts {
        subject: "/CN=grafana.lan".into(),
        issuer: "/CN=home".into(),
        not_before: 0,
        not_after: end,
        names: vec!["grafana.lan".into()],
    };
    town.hosts[2].pages =
        vec![Page { port: 3000, lands: 3000, secure: true, certificate: Some(shown), ..Page::default() }];
    let watched = Watched::new(town, None).await;
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_told(1).await;
    shutdown.cancel();
    worker.await.unwrap();
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.town.send_away(&["10.0.0.1"]);
    watched.until_told(2).await;
    shutdown.cancel();
    worker.await.unwrap();
    let titles = watched.ears.titles();
    assert_eq!(titles, ["labkeeper: certificates end soon (1)", "labkeeper: router does not answer"]);
    let now = watched.standing().await;
    let ending = &now["certificates"][0];
    assert_eq!(
        json!([ending["item"]["name"], ending["port"], ending["status"], ending["names"]]),
        json!(["grafana", 3000, "crit", ["grafana.lan"]])
    );
}
