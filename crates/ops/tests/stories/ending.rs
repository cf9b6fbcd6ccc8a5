//! A hub that is shutting down: what is at work hears it, its outcome says so, and nothing new is begun.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::tier::Tier;
use labkeeper_ops::cx::Cx;
use labkeeper_ops::keeper::{Call, Safety};
use labkeeper_ops::operation::{Entry, Meta, Operation, Plan, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::homelab::{BACKUPS, connected};
use crate::lab::{Lab, assistant};
use crate::town::{Town, town};
use crate::work::until;

/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(20);

/// Something done to the lab that takes until it is told to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Listening {}

/// Something done to the lab that takes long and listens to nobody.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Deaf {}

/// A write that is in the middle of it when it is told to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Writing {}

#[derive(Debug, Serialize, JsonSchema)]
struct Nothing {}

impl Operation for Listening {
    type Output = Nothing;
    const META: Meta = Meta::act("test_listening", "Listen", Toolset::Safety).tier(Tier::Observe);

    async fn run(self, cx: &mut Cx) -> Result<Nothing, Fault> {
        cx.cancelled.cancelled().await;
        cx.check_cancelled().map(|()| Nothing {})
    }
}

impl Operation for Deaf {
    type Output = Nothing;
    const META: Meta = Meta::act("test_deaf", "Do not listen", Toolset::Safety).tier(Tier::Observe);

    async fn run(self, _: &mut Cx) -> Result<Nothing, Fault> {
        std::future::pending().await
    }
}

impl Operation for Writing {
    type Output = Nothing;
    const META: Meta = Meta::write("test_writing", "Write", Toolset::Safety);

    async fn plan(&self, _: &mut Cx) -> Result<Plan, Fault> {
        Ok(Plan::allow("write"))
    }

    async fn run(self, cx: &mut Cx) -> Result<Nothing, Fault> {
        cx.cancelled.cancelled().await;
        cx.summarise("wrote");
        Ok(Nothing {})
    }
}

async fn lab() -> Lab {
    let extra = vec![Entry::of::<Listening>(), Entry::of::<Deaf>(), Entry::of::<Writing>()];
    Lab::with_operations(extra, Safety::default()).await
}

/// Begins it as a job, and answers its number.
async fn job(lab: &Lab, op: &str, input: Value) -> i64 {
    let mut call = Call::new(assistant("s-1"), op, input);
    call.patience = Some(Duration::from_millis(1));
    let fault = lab.keeper.call(call).await.unwrap_err();
    assert_eq!(fault.code, Code::StillRunning, "{fault}");
    fault.details.unwrap()["job"].as_i64().unwrap()
}

#[tokio::test]
async fn a_job_hears_that_the_hub_ends_and_its_outcome_says_so_after_a_restart() {
    let lab = lab().await;
    let id = job(&lab, "test_listening", json!({})).await;
    assert_eq!(lab.keeper.end_within(LIMIT).await, [], "it ended");
    let lab = lab.restarted(Vec::new()).await;
    let seen = lab.call_as(assistant("s-1"), "job_status", json!({"id": id})).await.unwrap().output;
    assert_eq!((&seen["state"], &seen["fault"]["code"]), (&json!("failed"), &json!("cancelled")), "{seen}");
    assert!(seen["fault"]["error"].as_str().unwrap().contains("labkeeper is shutting down"), "{seen}");
}

#[tokio::test]
async fn whoever_waits_for_a_call_that_is_ended_hears_why() {
    let lab = lab().await;
    let mut call = Call::new(assistant("s-1"), "test_listening", json!({}));
    call.patience = Some(LIMIT);
    let asking = tokio::spawn({
        let keeper = lab.keeper.clone();
        async move { keeper.call(call).await }
    });
    asked(&lab, "test_listening").await;
    assert_eq!(lab.keeper.end_within(LIMIT).await, []);
    let fault = asking.await.unwrap().unwrap_err();
    assert_eq!(fault.code, Code::Cancelled);
    assert!(fault.message.contains("labkeeper is shutting down"), "{fault}");
    assert!(fault.hint.unwrap().contains("when it is back"));
}

/// Waits until that is at work: its intent is in the audit log.
async fn asked(lab: &Lab, op: &str) {
    until(LIMIT, op, || async {
        let log = lab.keeper.store().read().await.unwrap().audit_after(0, 100).await.unwrap();
        log.iter().any(|(record, _)| record.op == op && record.phase == Phase::Asked)
    })
    .await;
}

#[tokio::test]
async fn a_write_that_is_in_the_middle_is_whole() {
    let lab = lab().await;
    let asking = tokio::spawn({
        let (keeper, call) = (lab.keeper.clone(), Call::new(assistant("s-1"), "test_writing", json!({})));
        async move { keeper.call(call).await }
    });
    asked(&lab, "test_writing").await;
    assert_eq!(lab.keeper.end_within(LIMIT).await, []);
    let answer = asking.await.unwrap().unwrap();
    let outcome = lab.keeper.store().read().await.unwrap().audit_outcome(answer.audit_seq.unwrap()).await;
    assert_eq!(outcome.unwrap().unwrap().phase, Phase::Done);
}

#[tokio::test]
async fn nothing_is_begun_in_a_hub_that_ends_and_what_is_there_can_be_read() {
    let lab = lab().await;
    let id = lab.create("misc", json!({"name": "safe"})).await;
    lab.keeper.end_within(LIMIT).await;
    let written = lab.keeper.store().read().await.unwrap().audit_after(0, 100).await.unwrap().len();
    let fault = lab.refused("inventory_create", json!({"type": "misc", "data": {"name": "late"}})).await;
    assert_eq!(fault.code, Code::Unavailable);
    assert!(fault.message.contains("inventory_create was not begun"), "{fault}");
    assert_eq!(lab.ask("inventory_get", json!({"type": "misc", "id": id})).await["data"]["name"], "safe");
    let now = lab.keeper.store().read().await.unwrap().audit_after(0, 100).await.unwrap().len();
    assert_eq!(now, written, "no intent without an end");
}

#[tokio::test]
async fn what_listens_to_nobody_is_named_and_waited_for_no_longer_than_the_limit() {
    let lab = lab().await;
    job(&lab, "test_deaf", json!({})).await;
    let began = lab.now();
    let left = lab.keeper.end_within(Duration::from_millis(50)).await;
    assert_eq!(left.iter().map(|left| (&*left.op, left.since)).collect::<Vec<_>>(), [("test_deaf", began)]);
}

#[tokio::test]
async fn a_scan_says_that_the_hub_ended_it() {
    let town = Arc::new(Town { slow: true, ..town() });
    let lab = Lab::on(town.clone()).await;
    let id = lab.ask("scan_start", json!({"cidr": "10.0.0.0/29"})).await["id"].clone();
    town.started.notified().await;
    let (left, ()) = tokio::join!(lab.keeper.end_within(LIMIT), async {
        lab.keeper.ending().cancelled().await;
        town.go_on.notify_one();
    });
    assert_eq!(left, []);
    let scan = lab.ask("scan_show", json!({"id": id})).await;
    assert_eq!(scan["state"], "cancelled");
    assert!(scan["problems"].to_string().contains("labkeeper was shut down"), "{scan}");
}

#[tokio::test]
async fn a_task_of_a_node_is_left_to_the_node_and_named() {
    let home = connected(BACKUPS).await;
    // As long as it takes.
    home.cluster.cluster().world.haste = 1;
    let input = json!({"vmid": 108, "storage": "nas", "confirm": true});
    let (fault, left) = tokio::join!(home.lab.refused("guest_backup", input), async {
        until(LIMIT, "the backup is at work", || async {
            home.cluster.cluster().world.tasks.iter().any(|task| task.kind == "vzdump")
        })
        .await;
        home.lab.keeper.end_within(Duration::from_secs(5)).await
    });
    assert_eq!(left, []);
    let upid =
        home.cluster.cluster().world.tasks.iter().find(|task| task.kind == "vzdump").unwrap().upid.clone();
    assert_eq!(fault.code, Code::Cancelled, "{fault}");
    assert!(fault.message.contains(&upid) && fault.message.contains("goes on"), "{fault}");
    assert!(
        home.cluster.cluster().world.tasks.iter().all(|task| task.outcome.is_none()),
        "nobody stopped it"
    );
}

#[tokio::test]
async fn a_task_that_is_over_soon_is_waited_for() {
    let home = connected(BACKUPS).await;
    let input = json!({"vmid": 108, "storage": "nas", "confirm": true});
    let (done, left) = tokio::join!(home.lab.call("guest_backup", input), async {
        until(LIMIT, "the backup is at work", || async {
            home.cluster.cluster().world.tasks.iter().any(|task| task.kind == "vzdump")
        })
        .await;
        home.lab.keeper.end_within(5 * LIMIT).await
    });
    assert_eq!((left, done.unwrap().output["taskStatus"].clone()), (vec![], json!("OK")));
}
