//! Calls that take longer than their caller waits.

use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::principal::Principal;
use labkeeper_ops::cx::Cx;
use labkeeper_ops::keeper::{Call, Safety};
use labkeeper_ops::operation::{Entry, Meta, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::lab::{Lab, assistant};

/// Something slow, done to the lab.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Slow {
    /// For so many milliseconds.
    millis: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Slept {
    slept: u64,
}

impl Operation for Slow {
    type Output = Slept;
    const META: Meta =
        Meta::act("test_slow", "Sleep", Toolset::Safety).tier(labkeeper_core::tier::Tier::Observe);

    async fn run(self, _: &mut Cx) -> Result<Slept, Fault> {
        tokio::time::sleep(Duration::from_millis(self.millis)).await;
        Ok(Slept { slept: self.millis })
    }
}

async fn status(lab: &Lab, by: Actor, id: &Value) -> Result<Value, Fault> {
    Ok(lab.call_as(by, "job_status", json!({"id": id})).await?.output)
}

#[tokio::test]
async fn what_takes_longer_than_its_caller_waits_goes_on_and_can_be_asked_for() {
    let lab = Lab::with_operations(vec![Entry::of::<Slow>()], Safety::default()).await;
    let mut call = Call::new(assistant("s-1"), "test_slow", json!({"millis": 300}));
    call.patience = Some(Duration::from_millis(20));
    let fault = lab.keeper.call(call).await.unwrap_err();
    assert_eq!(fault.code, Code::StillRunning, "{fault}");
    let id = fault.details.unwrap()["job"].clone();
    assert_eq!(status(&lab, assistant("s-1"), &id).await.unwrap()["state"], "running");

    // Though it has the same name.
    let other = Actor { principal: Principal::Token(9), ..assistant("s-1") };
    assert_eq!(status(&lab, other, &id).await.unwrap_err().code, Code::NotFound);

    let done = async {
        loop {
            let seen = status(&lab, assistant("s-1"), &id).await.unwrap();
            if seen["state"] != "running" {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let seen = tokio::time::timeout(Duration::from_secs(20), done).await.unwrap();
    assert_eq!((&seen["state"], &seen["answer"]), (&json!("done"), &json!({"slept": 300})));

    // After a restart the answer is gone, and what became of it is known.
    let lab = lab.restarted(Vec::new()).await;
    let seen = status(&lab, assistant("s-1"), &id).await.unwrap();
    assert_eq!((&seen["state"], seen.get("answer")), (&json!("done"), None));
}

#[tokio::test]
async fn what_is_quick_answers_at_once() {
    let lab = Lab::with_operations(vec![Entry::of::<Slow>()], Safety::default()).await;
    let mut call = Call::new(assistant("s-1"), "test_slow", json!({"millis": 1}));
    call.patience = Some(Duration::from_secs(20));
    assert_eq!(lab.keeper.call(call).await.unwrap().output, json!({"slept": 1}));
    assert_eq!(status(&lab, assistant("s-1"), &json!(7777)).await.unwrap_err().code, Code::NotFound);
}
