//! Calls that had begun when the database went away: what came of them is true in the log once it is back.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::audit::Phase;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::tier::Tier;
use labkeeper_ops::cx::Cx;
use labkeeper_ops::keeper::{Call, Safety};
use labkeeper_ops::operation::{Entry, Meta, Operation, Toolset};
use labkeeper_store::testing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::approvals::{self, Grave};
use crate::lab::Lab;
use crate::work::until;

const SOON: Duration = Duration::from_secs(30);

/// What is done to the lab, whatever the hub keeps of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ring {
    /// It breaks instead.
    #[serde(default)]
    breaks: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Rung {
    rung: bool,
}

impl Operation for Ring {
    type Output = Rung;
    const META: Meta = Meta::act("test_ring", "Ring a bell", Toolset::Safety).tier(Tier::Observe);

    async fn run(self, _: &mut Cx) -> Result<Rung, Fault> {
        assert!(!self.breaks, "the bell broke");
        Ok(Rung { rung: true })
    }
}

async fn lab() -> Lab {
    Lab::with_operations(vec![Entry::of::<Ring>(), Entry::of::<Grave>()], Safety::default()).await
}

/// What the database does not take while it is away in that way.
struct Away {
    table: &'static str,
    when: &'static str,
}

/// It notes what is begun, and not what comes of it.
const OUTCOMES: Away = Away { table: "INSERT ON audit", when: "NEW.intent IS NOT NULL" };
const APPROVALS: Away = Away { table: "UPDATE ON approvals", when: "NEW.state IN ('done', 'failed')" };

impl Away {
    async fn begins(&self, lab: &Lab) {
        let Self { table, when } = self;
        let statement = match testing::server() {
            None => format!(
                "CREATE TRIGGER away BEFORE {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'away'); END"
            ),
            Some(_) => format!(
                "CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'away'; END $$; \
                 CREATE TRIGGER away BEFORE {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION away()"
            ),
        };
        testing::meddle(lab.keeper.store().path(), &statement).await.unwrap();
    }

    async fn ends(&self, lab: &Lab) {
        let statement = match testing::server() {
            None => "DROP TRIGGER away",
            Some(_) => "DROP FUNCTION away() CASCADE",
        };
        testing::meddle(lab.keeper.store().path(), statement).await.unwrap();
    }
}

/// What each call came to, by its intent.
async fn outcomes(lab: &Lab) -> BTreeMap<i64, Vec<(String, Phase, Value)>> {
    let log = lab.keeper.store().read().await.unwrap().audit_after(0, 10_000).await.unwrap();
    let mut outcomes: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for (record, _) in log {
        match (record.phase, record.intent) {
            (Phase::Asked, _) => _ = outcomes.entry(record.seq).or_default(),
            (phase, Some(intent)) => {
                outcomes.entry(intent).or_default().push((record.op, phase, record.summary));
            }
            _ => {}
        }
    }
    outcomes
}

/// Shorter than any timer.
async fn busy(patience: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        yield_now().await;
    }
}

#[tokio::test]
async fn what_came_of_calls_is_noted_once_the_database_takes_it() {
    let lab = lab().await;
    OUTCOMES.begins(&lab).await;
    let rung = lab.call("test_ring", json!({})).await.unwrap();
    assert_eq!(rung.output, json!({"rung": true}), "it rang, whether that is noted or not");
    lab.call("inventory_create", json!({"type": "misc", "data": {"name": "lamp"}})).await.unwrap_err();
    assert_eq!(lab.ask("inventory_list", json!({"type": "misc"})).await["count"], 0);
    sleep(Duration::from_millis(400)).await;
    let open = outcomes(&lab).await;
    assert_eq!(open.values().map(Vec::len).collect::<Vec<_>>(), [0, 0], "{open:?}");

    OUTCOMES.ends(&lab).await;
    until(SOON, "both are noted", || async { outcomes(&lab).await.values().all(|found| !found.is_empty()) })
        .await;
    let lamp = lab.ask("inventory_create", json!({"type": "misc", "data": {"name": "lamp"}})).await;
    assert!(lamp["data"]["id"].is_i64());
    let outcomes = outcomes(&lab).await;
    let told: Vec<Vec<(&str, Phase)>> = outcomes
        .values()
        .map(|found| found.iter().map(|(op, phase, _)| (op.as_str(), *phase)).collect())
        .collect();
    let once = |op, phase| vec![(op, phase)];
    assert_eq!(
        told,
        [
            once("test_ring", Phase::Done),
            once("inventory_create", Phase::Failed),
            once("inventory_create", Phase::Done)
        ]
    );
    assert_eq!(outcomes[&rung.audit_seq.unwrap()][0].2["did"], "Ring a bell");
    assert_eq!(lab.ask("audit_verify", json!({})).await["ok"], true);
}

#[tokio::test]
async fn what_is_owed_when_the_hub_stops_is_written_before_it_does() {
    let lab = lab().await;
    OUTCOMES.begins(&lab).await;
    lab.call("test_ring", json!({})).await.unwrap();
    OUTCOMES.ends(&lab).await;
    lab.keeper.store().close().await;
    let lab = lab.restarted(Vec::new()).await;
    let outcomes = outcomes(&lab).await;
    assert_eq!(outcomes.values().next().unwrap()[0].1, Phase::Done, "{outcomes:?}");
}

#[tokio::test]
async fn what_came_of_a_call_that_was_said_yes_to_is_noted_as_well() {
    let lab = lab().await;
    let id = approvals::parked(&lab, "a").await;
    APPROVALS.begins(&lab).await;
    let approved = approvals::approve(&lab, id).await.unwrap().output["data"].clone();
    assert_eq!((&approved["state"], &approved["decided_by"]), (&json!("done"), &json!("local")));
    assert_eq!(approvals::seen(&lab, id).await["state"], "running");
    APPROVALS.ends(&lab).await;
    until(SOON, "it is noted", || async { approvals::seen(&lab, id).await["state"] == "done" }).await;
    assert_eq!(approvals::seen(&lab, id).await["outcome"], json!({"answer": {"noted": "a"}}));
    assert_eq!(approvals::notes(&lab.keeper).await, ["a"], "once");
}

#[tokio::test]
async fn whoever_hangs_up_while_a_call_is_noted_leaves_it_open_for_nobody() {
    let lab = lab().await;
    let (begun, mut round, mut ended) = (Instant::now(), 0, 0);
    let count = |phase| {
        let lab = &lab;
        let is_that =
            move |found: &Vec<(String, Phase, Value)>| found.first().is_some_and(|one| one.1 == phase);
        async move { outcomes(lab).await.values().filter(|found| is_that(found)).count() }
    };
    let all_told = || async { outcomes(&lab).await.values().all(|found| found.len() == 1) };
    // Whoever hangs up does so a little later each time, until it was while the intent was committed.
    while count(Phase::Failed).await == 0 {
        assert!(begun.elapsed() < SOON, "nobody hung up in that moment");
        for _ in 0..200 {
            // Up to eight milliseconds, and to more on a machine that is slower.
            let patience = Duration::from_micros(20) * (round % 400) * (1 + round / 800);
            round += 1;
            let call = Call::new(Actor::local(Via::Cli), "test_ring", json!({}));
            tokio::select! {
                biased;
                done = lab.keeper.call(call) => ended += usize::from(done.is_ok()),
                () = busy(patience) => {}
            }
        }
        until(SOON, "each call that was noted has an outcome", all_told).await;
    }
    assert!(count(Phase::Done).await >= ended);
}

#[tokio::test]
async fn a_panic_is_an_outcome() {
    let lab = lab().await;
    let fault = lab.call("test_ring", json!({"breaks": true})).await.unwrap_err();
    assert_eq!(fault.code, Code::Internal);
    let outcomes = outcomes(&lab).await;
    assert_eq!(outcomes.values().map(|found| found[0].1).collect::<Vec<_>>(), [Phase::Failed]);
}
