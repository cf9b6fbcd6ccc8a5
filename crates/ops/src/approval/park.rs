//! Parks a call until a person decides, unless people were asked too often already.

use std::time::Duration;

use labkeeper_core::approval::{WINDOW, may_ask};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{ApprovalRequest, Asker};
use serde_json::{Value, json};

use crate::cx::Cx;
use crate::operation::Plan;

/// The answer that a caller gets whose call waits now, or why it does not even wait.
pub(crate) async fn park(
    cx: &Cx,
    op: &str,
    input: &Value,
    plan: &Plan,
    digest: String,
) -> Result<Fault, Fault> {
    let safety = &cx.house.settings().safety;
    let why = plan.verdict.reasons().join("; ");
    if !safety.asks_people {
        return Ok(Fault::new(
            Code::Denied,
            format!("refused: {why}; and this hub has no way to ask a person"),
        )
        .with_hint("safety.ask_people lets the web app and the command line decide")
        .with_details(plan.shown()));
    }
    let mut tx = cx.house.store().write().await?;
    if let Some(waiting) = tx.waiting_for(&digest, cx.now).await? {
        return Ok(pending(waiting.id, waiting.request.expires_at, &why, plan));
    }
    let since = Stamp(cx.now.0 - micros(WINDOW));
    if let Err(fatigue) = may_ask(&tx.asked_by(&Asker::of(&cx.actor), since, cx.now).await?, cx.now) {
        return Ok(Fault::new(Code::RateLimited, format!("not even asked: {why}; but {fatigue}")).with_hint(
            "wait, say in the conversation what you want and why, or find a way that needs no approval",
        ));
    }
    let expires_at = Stamp(cx.now.0 + micros(safety.patience));
    let request = ApprovalRequest {
        at: cx.now,
        expires_at,
        actor: cx.actor.name.clone(),
        principal: cx.actor.principal.clone(),
        via: cx.actor.via.as_str().into(),
        session: cx.actor.session.clone(),
        tier: cx.actor.grant.tier.as_str().into(),
        may_write: cx.actor.grant.write,
        op: op.into(),
        input: input.clone(),
        digest,
        plan: plan.shown()["plan"].take(),
    };
    tx.expire_approvals(cx.now).await?;
    let id = tx.park(&request).await?;
    tx.tell(cx.now).await?;
    tx.commit().await?;
    Ok(pending(id, expires_at, &why, plan))
}

fn pending(id: i64, expires_at: Stamp, why: &str, plan: &Plan) -> Fault {
    let mut details = plan.shown();
    details["approval"] = json!({"id": id, "state": "pending", "expires_at": expires_at.text()});
    Fault::new(Code::ApprovalPending, format!("waits for a person (approval {id}): {why}"))
        .with_hint(format!(
            "nothing was done yet; ask approval_status with id {id} from time to time: when a person says yes, it is done and the answer is there. Do not repeat the call"
        ))
        .with_details(details)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
