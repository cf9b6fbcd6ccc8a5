//! Stage 8: journal entry, events and the audit record 'done' in the transaction of the act itself;
//! 'failed' when there was none to keep.

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::Fault;
use labkeeper_store::{ChangeMeta, Intent, Outcome, StoreError};
use serde_json::{Value, json};

use crate::call::Answer;
use crate::cx::Cx;
use crate::telling;

pub(crate) async fn settle(
    mut cx: Cx,
    about: Intent,
    asked: i64,
    done: Result<Value, Fault>,
) -> Result<Answer, Fault> {
    let answer = |output, change_id| Ok(Answer { output, change_id, audit_seq: Some(asked), dry_run: false });
    let (fault, output) = match done {
        Ok(output) => match keep(&mut cx, &about, asked).await {
            Ok(change_id) => return answer(output, change_id),
            Err(fault) => (fault, Some(output)),
        },
        Err(fault) => (fault, None),
    };
    drop(cx.tx.take());
    let error = telling::for_record(&cx.house, &cx.actor, &fault.message)?;
    let summary = json!({"code": fault.code.as_str(), "error": error});
    let outcome = Outcome { phase: Phase::Failed, summary, change_id: None };
    match cx.house.store().conclude(cx.house.clock().now(), &about, Some(asked), &outcome).await {
        Ok(_) => Err(fault),
        // The commit came about, and the word of it was lost on the way back.
        Err(StoreError::Settled { is_own: true, found, change_id, .. }) => match output {
            Some(output) if found == Phase::Done => answer(output, change_id),
            _ => Err(fault),
        },
        Err(error) => Err(error.into()),
    }
}

async fn keep(cx: &mut Cx, about: &Intent, asked: i64) -> Result<Option<i64>, Fault> {
    let summary =
        cx.summary.take().unwrap_or_else(|| about.summary["plan"].as_str().unwrap_or(&about.op).to_string());
    let summary = telling::for_record(&cx.house, &cx.actor, &summary)?;
    let meta = ChangeMeta {
        at: cx.now,
        actor: cx.actor.name.clone(),
        via: cx.actor.via.as_str().into(),
        session: cx.actor.session.clone(),
        op: about.op.clone(),
        summary: summary.clone(),
        reverts: cx.reverts,
    };
    let at = cx.house.clock().now();
    let mut tx = cx.tx.take().ok_or_else(|| Fault::internal(&"a write without its transaction"))?;
    let change_id = tx.journal(&meta).await?;
    let outcome = Outcome { phase: Phase::Done, summary: json!({"did": summary}), change_id };
    tx.outcome(at, about, asked, &outcome).await?;
    tx.commit().await?;
    Ok(change_id)
}
