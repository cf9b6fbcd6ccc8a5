//! Items that are watched: who answers, since when, who is told, and what a list or a search makes of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use labkeeper_core::actor::{Actor, Role, Via};
use labkeeper_core::discovery::{Page, QuietHours};
use labkeeper_core::fault::Code;
use labkeeper_core::ports::{Attempt, Later, Notice, Notifier};
use labkeeper_core::pve::CertificateFacts;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::discovery::watch_settings::WatchSettings;
use labkeeper_store::testing;
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

    fn try_every_way<'a>(&'a self, notice: &'a Notice) -> Later<'a, Vec<Attempt>> {
        Box::pin(async move {
            let outcome = self.notify(notice).await;
            let taken = Attempt { way: "ears".into(), fallback: false, outcome };
            let lost = Err("nobody listens there; look at it".into());
            vec![taken, Attempt { way: "deaf ears".into(), fallback: true, outcome: lost }]
        })
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
        let router = json!({"name": "router", "ip_address": "10.0.0.1"});
        Self::with(town, WatchSettings { quiet, ..WatchSettings::default() }, router).await
    }

    /// The same with another first item.
    async fn with(town: Town, settings: WatchSettings, first: Value) -> Self {
        let (town, ears) = (Arc::new(town), Arc::new(Ears::default()));
        let watch = WatchSettings { every: Some(Duration::from_millis(20)), ..settings };
        let lab = Lab::watching(town.clone(), watch, Some(ears.clone() as Arc<dyn Notifier>)).await;
        lab.create("hardware", first).await;
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
    let itself = || Town { here: Some("10.0.0.1".parse().unwrap()), ..town() };
    let (by_address, by_name) =
        (json!({"name": "router", "ip_address": "10.0.0.1"}), json!({"name": "box", "hostname": "box.lan"}));
    // In a container the machine below it has an address that the container does not.
    let in_container = |here: &str| WatchSettings { here: vec![here.into()], ..WatchSettings::default() };
    for (town, settings, own) in [
        (itself(), WatchSettings::default(), &by_address),
        (itself(), WatchSettings::default(), &by_name),
        (town(), in_container("10.0.0.1"), &by_address),
        (town(), in_container("10.0.0.1"), &by_name),
        (town(), in_container("BOX.lan"), &by_name),
    ] {
        let told = format!("{own} {settings:?}");
        town.call(&[("box.lan", "10.0.0.1")]);
        let watched = Watched::with(town, settings, own.clone()).await;
        watched.lab.create("hardware", json!({"name": "pve1-ipmi", "ip_address": "10.0.0.2"})).await;
        let (shutdown, worker) = start(&watched.lab.keeper);
        until(PATIENCE, "all four answer", || async { watched.standing().await["count"] == 4 }).await;
        watched.town.send_away(&["10.0.0.2", "10.0.0.3"]);
        let asked = || watched.town.rounds.load(std::sync::atomic::Ordering::Relaxed);
        let before = asked();
        until(PATIENCE, "some more looks", || async { asked() > before + 6 }).await;
        shutdown.cancel();
        worker.await.unwrap();
        let now = (watched.standing().await["down"].clone(), watched.ears.titles().len());
        assert_eq!(now, (json!(0), 0), "{told}");
    }
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

/// Keeps anything like that from being noted, as if the hub ended at that moment.
async fn guard(watched: &Watched, what: &str) {
    let guards = if testing::server().is_some() {
        format!(
            "CREATE TRIGGER no BEFORE INSERT OR UPDATE ON meta FOR EACH ROW WHEN ({what}) EXECUTE FUNCTION refuse()"
        )
    } else {
        let guard = |deed: &str| {
            format!(
                "CREATE TRIGGER no_{deed} BEFORE {deed} ON meta WHEN {what} BEGIN SELECT RAISE(ABORT, 'no'); END;"
            )
        };
        guard("INSERT") + &guard("UPDATE")
    };
    meddle(watched, &guards).await;
}

/// Takes the guards away.
async fn free(watched: &Watched) {
    let on_a_server = testing::server().is_some();
    let drop = if on_a_server {
        "DROP TRIGGER no ON meta"
    } else {
        "DROP TRIGGER no_INSERT; DROP TRIGGER no_UPDATE"
    };
    meddle(watched, drop).await;
}

async fn meddle(watched: &Watched, statements: &str) {
    testing::meddle(watched.lab.keeper.store().path(), statements).await.unwrap();
}

#[tokio::test]
async fn who_went_is_noted_together_with_what_there_is_to_tell_of_it_or_not_at_all() {
    // The clock of the lab stands at eight in the morning.
    let quiet = QuietHours::parse("07:00-09:00").unwrap();
    let watched = Watched::new(town(), Some(quiet)).await;
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_down(0).await;
    // From here on nobody can keep what there is to tell.
    guard(&watched, "NEW.key = 'watch.tidings'").await;
    watched.town.send_away(&["10.0.0.2"]);
    let rounds = || watched.town.rounds.load(std::sync::atomic::Ordering::Relaxed);
    let before = rounds();
    until(PATIENCE, "some more looks", || async { rounds() > before + 6 }).await;
    assert_eq!(watched.standing().await["down"], 0, "who is not told of is not noted");
    shutdown.cancel();
    worker.await.unwrap();
    free(&watched).await;
    // The hub after it finds out and tells.
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_down(1).await;
    shutdown.cancel();
    worker.await.unwrap();
    watched.lab.clock.advance(Duration::from_secs(2 * 3600));
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_told(1).await;
    let before = rounds();
    until(PATIENCE, "some more looks", || async { rounds() > before + 6 }).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(watched.ears.titles(), ["labkeeper: pve1 does not answer"], "once");
}

#[tokio::test]
async fn who_was_told_of_before_the_hub_ended_and_comes_back_is_told_too() {
    let watched = Watched::new(town(), None).await;
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_down(0).await;
    // From here on nobody can keep that something was told.
    guard(&watched, "NEW.key = 'watch.tidings' AND NEW.value = '{}'").await;
    watched.town.send_away(&["10.0.0.2"]);
    watched.until_told(1).await;
    shutdown.cancel();
    worker.await.unwrap();
    free(&watched).await;
    watched.town.send_away(&[]);
    let (shutdown, worker) = start(&watched.lab.keeper);
    watched.until_told(2).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(watched.ears.titles(), ["labkeeper: pve1 does not answer", "labkeeper: pve1 answers again"]);
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

#[tokio::test]
async fn an_administrator_tries_who_is_told() {
    let watched = Watched::new(town(), None).await;
    let tried = watched.lab.ask("notification_test", json!({})).await;
    let wanted = json!({"told": 1, "data": [
        {"way": "ears", "fallback": false, "told": true},
        {"way": "deaf ears", "fallback": true, "told": false, "problem": "nobody listens there; look at it"},
    ]});
    assert_eq!(tried, wanted);
    assert_eq!(watched.ears.titles(), ["labkeeper: a test message"]);
    let editor = Actor { grant: Role::Editor.grant(), ..Actor::local(Via::Rest) };
    let refused = watched.lab.call_as(editor, "notification_test", json!({})).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound, "for whoever manages the hub only");
    let nobody = Lab::new().await.refused("notification_test", json!({})).await;
    assert!(nobody.hint.unwrap().contains("notify.url"));
}
