//! Calls that wait for a person: asked by an assistant, decided by somebody else, done once or never.

use std::time::Duration;

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::approval::Approvals;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::principal::Principal;
use labkeeper_ops::cx::Cx;
use labkeeper_ops::keeper::{Answer, Call, Keeper, Safety};
use labkeeper_ops::operation::{Entry, Meta, Operation, Plan, Toolset, Verdict};
use labkeeper_store::Memory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::lab::{Lab, assistant};
use crate::work::{start, until};

/// Note something for which a person is wanted. It stands on how many notes there are.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grave {
    /// What.
    text: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Noted {
    noted: String,
}

impl Operation for Grave {
    type Output = Noted;
    const META: Meta = Meta::write("test_grave", "Note something grave", Toolset::Memory);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let notes = cx.read().await?.memories().await?.len();
        let mut plan = Plan::allow(format!("note {}", self.text));
        plan.verdict = Verdict::Approve(vec!["it is grave".into()]);
        plan.stands_on = Some(notes.to_string());
        Ok(plan)
    }

    async fn run(self, cx: &mut Cx) -> Result<Noted, Fault> {
        if self.text == "impossible" {
            return Err(Fault::new(Code::Conflict, "that cannot be noted"));
        }
        let (actor, created_at) = (cx.actor.name.clone(), cx.now);
        let (text, kind, links) = (self.text.clone(), "note".into(), Vec::new());
        cx.tx()?.insert_memory(Memory { id: 0, text, kind, links, actor, created_at }).await?;
        Ok(Noted { noted: self.text })
    }
}

async fn lab() -> Lab {
    careful(Safety::default()).await
}

async fn careful(safety: Safety) -> Lab {
    Lab::with_operations(vec![Entry::of::<Grave>()], safety).await
}

fn claude() -> Actor {
    assistant("s-1")
}

/// Whoever uses that token, which is called as the other one is.
fn holder(token: &Value) -> Actor {
    Actor { principal: Principal::Token(token["data"]["id"].as_i64().unwrap()), ..claude() }
}

async fn ask(lab: &Lab, text: &str) -> Fault {
    ask_as(lab, claude(), text).await
}

async fn ask_as(lab: &Lab, actor: Actor, text: &str) -> Fault {
    match lab.call_as(actor, "test_grave", json!({"text": text, "confirm": true})).await {
        Err(fault) => fault,
        Ok(answer) => panic!("it went through: {}", answer.output),
    }
}

/// The number under which it waits.
pub(crate) async fn parked(lab: &Lab, text: &str) -> i64 {
    parked_as(lab, claude(), text).await
}

async fn parked_as(lab: &Lab, actor: Actor, text: &str) -> i64 {
    let fault = ask_as(lab, actor, text).await;
    assert_eq!(fault.code, Code::ApprovalPending, "{fault}");
    fault.details.unwrap()["approval"]["id"].as_i64().unwrap()
}

async fn status(lab: &Lab, id: i64) -> Value {
    let answer = lab.call_as(claude(), "approval_status", json!({"id": id})).await.unwrap();
    answer.output["data"][0].clone()
}

/// As a person sees it.
pub(crate) async fn seen(lab: &Lab, id: i64) -> Value {
    lab.call("approval_status", json!({"id": id})).await.unwrap().output["data"][0].clone()
}

pub(crate) async fn approve(lab: &Lab, id: i64) -> Result<Answer, Fault> {
    let digest = seen(lab, id).await["digest"].clone();
    lab.call("approval_approve", json!({"id": id, "digest": digest})).await
}

pub(crate) async fn notes(keeper: &Keeper) -> Vec<String> {
    let notes = keeper.store().read().await.unwrap().memories().await.unwrap();
    notes.into_iter().map(|note| note.text).collect()
}

#[tokio::test]
async fn a_person_says_yes_and_it_is_done_once_for_whoever_asked() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    assert!(notes(&lab.keeper).await.is_empty());
    let waiting = status(&lab, id).await;
    assert_eq!(waiting["state"], "pending");
    assert_eq!(waiting["plan"]["reasons"], json!(["it is grave"]));

    let approved = approve(&lab, id).await.unwrap().output["data"].clone();
    assert_eq!(approved["state"], "done");
    assert_eq!(approved["decided_by"], "local");
    assert_eq!(notes(&lab.keeper).await, ["a"]);
    let seen = status(&lab, id).await;
    assert_eq!(seen["outcome"], json!({"answer": {"noted": "a"}}));
    let change = seen["change_id"].as_i64().unwrap();
    let changes = lab.ask("changes_list", json!({})).await;
    assert_eq!(changes["data"][0]["id"], change);
    assert_eq!(changes["data"][0]["actor"], "assistant", "done for whoever asked");
    assert_eq!(changes["data"][0]["session"], "s-1");

    assert_eq!(approve(&lab, id).await.unwrap_err().code, Code::Conflict, "a yes is good once");
    assert_eq!(notes(&lab.keeper).await, ["a"]);
}

#[tokio::test]
async fn what_was_asked_at_one_process_is_decided_at_any_and_done_once() {
    let lab = lab().await;
    let other = lab.beside_with(vec![Entry::of::<Grave>()]).await;
    let id = parked(&lab, "a").await;
    let digest = seen(&lab, id).await["digest"].clone();
    let yes = || {
        let input = json!({"id": id, "digest": digest});
        Call::new(Actor::local(Via::Cli), "approval_approve", input)
    };
    let (here, there) = tokio::join!(lab.keeper.call(yes()), other.call(yes()));
    let (done, refused): (Vec<_>, Vec<_>) = [here, there].into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1, "one yes was too late: {refused:?}");
    assert_eq!(refused[0].as_ref().unwrap_err().code, Code::Conflict);
    assert_eq!(notes(&lab.keeper).await, ["a"]);
    assert_eq!(status(&lab, id).await["state"], "done");

    let id = parked(&lab, "b").await;
    let no = Call::new(Actor::local(Via::Cli), "approval_deny", json!({"id": id, "reason": "not today"}));
    other.call(no).await.unwrap();
    assert_eq!(status(&lab, id).await["state"], "denied", "whoever asked hears it where it asked");
    assert_eq!(notes(&other).await, ["a"]);
}

#[tokio::test]
async fn whoever_asks_cannot_say_yes_not_even_under_another_name() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    let digest = status(&lab, id).await["digest"].clone();
    let full = |via, person| Actor { person, ..Actor::local(via) };
    for actor in [claude(), full(Via::Mcp, true), full(Via::Rest, false), Actor::system("schedule")] {
        for (name, input) in
            [("approval_approve", json!({"id": id, "digest": digest})), ("approval_deny", json!({"id": id}))]
        {
            let fault = lab.call_as(actor.clone(), name, input).await.unwrap_err();
            assert!(matches!(fault.code, Code::Forbidden | Code::NotFound), "{actor:?}: {fault}");
        }
    }
    assert_eq!(status(&lab, id).await["state"], "pending");
    let viewer = Actor { grant: labkeeper_core::actor::Role::Viewer.grant(), ..Actor::local(Via::Rest) };
    let input = json!({"id": id, "digest": digest});
    assert!(
        lab.call_as(viewer, "approval_approve", input).await.is_err(),
        "who may not do it may not allow it"
    );
    assert!(notes(&lab.keeper).await.is_empty());
}

#[tokio::test]
async fn nobody_says_anything_in_time_which_means_no() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    lab.clock.advance(Duration::from_secs(301));
    assert_eq!(status(&lab, id).await["state"], "expired");
    assert_eq!(approve(&lab, id).await.unwrap_err().code, Code::Conflict);
    assert!(notes(&lab.keeper).await.is_empty());
}

#[tokio::test]
async fn a_no_is_final_and_says_why() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    lab.ask("approval_deny", json!({"id": id, "reason": "not on a Friday"})).await;
    let seen = status(&lab, id).await;
    assert_eq!((&seen["state"], &seen["reason"]), (&json!("denied"), &json!("not on a Friday")));
    assert_eq!(approve(&lab, id).await.unwrap_err().code, Code::Conflict);
    assert!(notes(&lab.keeper).await.is_empty());
}

#[tokio::test]
async fn a_yes_is_for_what_was_shown_and_for_nothing_else() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    let fault = lab.refused("approval_approve", json!({"id": id, "digest": "0000"})).await;
    assert_eq!(fault.field.as_deref(), Some("digest"));

    // What it stands on changes between question and answer.
    lab.ask("memory_add", json!({"text": "meanwhile"})).await;
    let settled = approve(&lab, id).await.unwrap().output["data"].clone();
    assert_eq!(settled["state"], "failed");
    assert_eq!(settled["outcome"]["fault"]["code"], "conflict");
    assert_eq!(notes(&lab.keeper).await, ["meanwhile"]);
}

#[tokio::test]
async fn what_fails_after_a_yes_is_told_as_failed() {
    let lab = lab().await;
    let id = parked(&lab, "impossible").await;
    assert_eq!(approve(&lab, id).await.unwrap().output["data"]["state"], "failed");
    assert_eq!(status(&lab, id).await["outcome"]["fault"]["error"], "that cannot be noted");
}

#[tokio::test]
async fn what_waits_survives_a_restart_and_is_the_same_question() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    assert_eq!(parked(&lab, "a").await, id, "the same call is one question");
    let lab = lab.restarted(vec![Entry::of::<Grave>()]).await;
    assert_eq!(status(&lab, id).await["state"], "pending");
    approve(&lab, id).await.unwrap();
    assert_eq!(notes(&lab.keeper).await, ["a"]);
}

#[tokio::test]
async fn a_process_that_died_at_it_leaves_no_lie() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    // As `approval_approve` does it, up to where the process dies.
    let mut tx = lab.keeper.store().write().await.unwrap();
    let decision = labkeeper_store::Decision { at: lab.now(), by: "local".into(), reason: None };
    assert!(tx.claim_approval(id, &decision).await.unwrap());
    tx.commit().await.unwrap();
    let lab = lab.restarted(vec![Entry::of::<Grave>()]).await;
    assert_eq!(status(&lab, id).await["state"], "interrupted");
    assert!(approve(&lab, id).await.is_err());
    assert!(notes(&lab.keeper).await.is_empty());
}

#[tokio::test]
async fn people_are_not_asked_until_they_say_yes_to_anything() {
    let lab = lab().await;
    for number in 0..5 {
        parked(&lab, &format!("{number}")).await;
    }
    let fault = ask(&lab, "one more").await;
    assert_eq!(fault.code, Code::RateLimited, "{fault}");
    let waiting = lab.ask("approval_status", json!({"pending": true})).await;
    assert_eq!(waiting["data"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn others_see_nothing_of_it() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    // A token that is called the same is somebody else's.
    let other = holder(&json!({"data": {"id": 2}}));
    let fault = lab.call_as(other.clone(), "approval_status", json!({"id": id})).await.unwrap_err();
    assert_eq!(fault.code, Code::NotFound);
    let listed = lab.call_as(other.clone(), "approval_status", json!({})).await.unwrap().output;
    assert_eq!(listed["data"], json!([]));
    assert_ne!(parked_as(&lab, other, "a").await, id, "nor is it the same question");
}

#[tokio::test]
async fn a_hub_that_cannot_ask_anybody_refuses() {
    let lab = careful(Safety { asks_people: false, ..Safety::default() }).await;
    assert_eq!(ask(&lab, "a").await.code, Code::Denied);
    assert!(notes(&lab.keeper).await.is_empty());
}

#[tokio::test]
async fn a_person_who_calls_confirms_and_an_agent_does_where_the_owner_wants_it_so() {
    let lab = lab().await;
    assert_eq!(lab.refused("test_grave", json!({"text": "a"})).await.code, Code::ConfirmRequired);
    lab.ask("test_grave", json!({"text": "a", "confirm": true})).await;
    let trusting = careful(Safety { approvals: Approvals::Agent, ..Safety::default() }).await;
    let call = |confirm| Call::new(claude(), "test_grave", json!({"text": "a", "confirm": confirm}));
    assert_eq!(trusting.keeper.call(call(false)).await.unwrap_err().code, Code::ConfirmRequired);
    trusting.keeper.call(call(true)).await.unwrap();
}

#[tokio::test]
async fn a_strict_owner_decides_whatever_has_to_be_confirmed() {
    let lab = careful(Safety { approvals: Approvals::Strict, ..Safety::default() }).await;
    let parent = lab.create("hardware", json!({"name": "pve1"})).await;
    lab.create("vms", json!({"name": "web", "hardware_id": parent})).await;
    let input = json!({"type": "hardware", "id": parent, "cascade": "delete", "confirm": true});
    let fault = lab.call_as(claude(), "inventory_delete", input).await.unwrap_err();
    assert_eq!(fault.code, Code::ApprovalPending, "{fault}");
}

#[tokio::test]
async fn the_log_has_the_question_the_answer_and_the_deed() {
    let lab = lab().await;
    let id = parked(&lab, "a").await;
    approve(&lab, id).await.unwrap();
    let mut view = lab.keeper.store().read().await.unwrap();
    let records = view.audit_after(0, 100).await.unwrap();
    let told: Vec<String> =
        records.iter().map(|(record, _)| format!("{} {}", record.op, record.phase.as_str())).collect();
    assert_eq!(
        told,
        [
            "test_grave refused",
            "approval_approve asked",
            "test_grave approved",
            "test_grave asked",
            "test_grave done",
            "approval_approve done"
        ]
    );
    assert_eq!(records[0].0.summary["approval"], id);
}

#[tokio::test]
async fn what_a_token_asked_for_is_not_done_once_it_is_revoked() {
    let lab = lab().await;
    let token = lab.ask("token_create", json!({"name": claude().name, "scope": "write"})).await;
    let id = parked_as(&lab, holder(&token), "a").await;
    let namesake = parked(&lab, "a").await;
    let other = lab.ask("token_create", json!({"name": "another", "scope": "write"})).await;
    lab.ask("token_revoke", json!({"id": other["data"]["id"], "confirm": true})).await;
    assert_eq!(seen(&lab, id).await["state"], "pending");
    lab.ask("token_revoke", json!({"id": token["data"]["id"], "confirm": true})).await;
    assert_eq!(approve(&lab, id).await.unwrap_err().code, Code::Conflict);
    let denied = seen(&lab, id).await;
    assert_eq!((&denied["state"], &denied["decided_by"]), (&json!("denied"), &json!("local")), "{denied}");
    assert!(denied["reason"].as_str().unwrap().contains("revoked"), "{denied}");
    assert!(notes(&lab.keeper).await.is_empty());
    assert_eq!(
        approve(&lab, namesake).await.unwrap().output["data"]["state"],
        "done",
        "who has no token loses none"
    );
}

#[tokio::test]
async fn what_a_token_asked_for_is_not_done_once_it_has_expired() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let lab = careful(Safety { patience: 9 * DAY, ..Safety::default() }).await;
    let token = async |expires: &str| {
        lab.ask("token_create", json!({"name": claude().name, "scope": "write", "expires": expires})).await
    };
    let id = parked_as(&lab, holder(&token("1d").await), "a").await;
    lab.clock.advance(2 * DAY);
    let refused = approve(&lab, id).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict, "{refused}");
    assert!(refused.message.contains("expired at") && refused.hint.unwrap().contains("token create"));
    assert!(notes(&lab.keeper).await.is_empty());
    assert_eq!(seen(&lab, id).await["state"], "pending", "a person can still say no");
    let newer = token("30d").await;
    let refused = approve(&lab, id).await.unwrap_err();
    assert!(refused.message.contains("expired at"), "another token may have other rights: {refused}");
    let again = parked_as(&lab, holder(&newer), "b").await;
    assert_eq!(approve(&lab, again).await.unwrap().output["data"]["state"], "done");
}

#[tokio::test]
async fn what_was_decided_long_ago_keeps_its_summary_and_digest_only() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let lab = careful(Safety { patience: 90 * DAY, ..Safety::default() }).await;
    let (done, waits) = (parked(&lab, "a").await, parked(&lab, "b").await);
    approve(&lab, done).await.unwrap();
    let before = status(&lab, done).await;
    assert!(before["outcome"].is_object() && before["plan"]["reasons"].is_array(), "{before}");
    // What `serve` does when it starts, and once a day.
    let tidied = async |of: i64, is_done: &dyn Fn(&Value) -> bool| {
        let (shutdown, worker) = start(&lab.keeper);
        until(Duration::from_secs(10), "it is tidied up", || async { is_done(&status(&lab, of).await) })
            .await;
        shutdown.cancel();
        worker.await.unwrap();
    };
    lab.clock.advance(2 * DAY);
    let later = parked(&lab, "c").await;
    lab.ask("approval_deny", json!({"id": later, "confirm": true})).await;
    lab.clock.advance(29 * DAY);
    tidied(done, &|row| row["outcome"].is_null()).await;
    assert!(status(&lab, later).await["plan"]["reasons"].is_array(), "it was decided less than 30 days ago");
    let after = status(&lab, done).await;
    assert_eq!(after["plan"], json!({"summary": "note a", "verdict": "approve"}));
    assert_eq!((&after["digest"], &after["state"]), (&before["digest"], &json!("done")));
    assert!(after["outcome"].is_null(), "{after}");
    assert_eq!(status(&lab, waits).await["plan"]["reasons"], json!(["it is grave"]), "what waits is whole");
}
