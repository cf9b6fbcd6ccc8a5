//! Stage 8: journal entry, events and the audit record 'done' in the transaction of the act itself;
//! 'failed' when there was none to keep, but 'done' of an act that came about in the lab. What cannot be written now is written as soon
//! as the database takes it.

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::Fault;
use labkeeper_store::{ChangeMeta, Intent, Outcome, StoreError};
use serde_json::{Value, json};

use crate::call::Answer;
use crate::cx::Cx;
use crate::operation::Meta;
use crate::telling;

pub(crate) async fn settle(
    mut cx: Cx,
    meta: &Meta,
    about: Intent,
    asked: i64,
    done: Result<Value, Fault>,
) -> Result<Answer, Fault> {
    let answer = |output, change_id| Ok(Answer { output, change_id, audit_seq: Some(asked), dry_run: false });
    let did = did(&mut cx, &about)?;
    let (fault, output) = match done {
        Ok(output) => match keep(&mut cx, meta, &about, asked, &did).await {
            Ok(change_id) => return answer(output, change_id),
            Err(fault) => (fault, Some(output)),
        },
        Err(fault) => (fault, None),
    };
    drop(cx.tx.take());
    let outcome = match output {
        // It came about in the lab, whatever became of its transaction here.
        Some(_) if meta.acts => done_so(&did, None),
        _ => failed(&cx, &fault)?,
    };
    let (phase, at, store) = (outcome.phase, cx.house.clock().now(), cx.house.store());
    let (found, change_id) = match store.conclude(at, &about, Some(asked), &outcome).await {
        Ok(_) => (phase, None),
        // The commit came about, and the word of it was lost on the way back.
        Err(StoreError::Settled { is_own: true, found, change_id, .. }) => (found, change_id),
        Err(settled @ StoreError::Settled { .. }) => return Err(settled.into()),
        Err(error) => {
            tracing::warn!(%error, audit = asked, "what came of a call is written later");
            store.owe_outcome(at, about, asked, outcome);
            (phase, None)
        }
    };
    match output {
        Some(output) if found == Phase::Done => answer(output, change_id),
        _ => Err(fault),
    }
}

/// What it did, in a sentence.
fn did(cx: &mut Cx, about: &Intent) -> Result<String, Fault> {
    let planned = || about.summary["plan"].as_str().unwrap_or(&about.op).to_string();
    let did = cx.summary.take().unwrap_or_else(planned);
    telling::for_record(&cx.house, &cx.actor, &did)
}

fn done_so(did: &str, change_id: Option<i64>) -> Outcome {
    Outcome { phase: Phase::Done, summary: json!({"did": did}), change_id }
}

fn failed(cx: &Cx, fault: &Fault) -> Result<Outcome, Fault> {
    let error = telling::for_record(&cx.house, &cx.actor, &fault.message)?;
    let summary = json!({"code": fault.code.as_str(), "error": error});
    Ok(Outcome { phase: Phase::Failed, summary, change_id: None })
}

async fn keep(cx: &mut Cx, meta: &Meta, about: &Intent, asked: i64, did: &str) -> Result<Option<i64>, Fault> {
    let change = ChangeMeta {
        at: cx.now,
        actor: cx.actor.name.clone(),
        via: cx.actor.via.as_str().into(),
        session: cx.actor.session.clone(),
        op: about.op.clone(),
        summary: did.into(),
        reverts: cx.reverts,
    };
    let at = cx.house.clock().now();
    let mut tx = match cx.tx.take() {
        Some(tx) => tx,
        // The lab took its time, and nobody waited for it: this is for the outcome only.
        None if meta.acts => cx.house.store().write().await?,
        None => return Err(Fault::internal(&"a write without its transaction")),
    };
    let change_id = tx.journal(&change).await?;
    tx.outcome(at, about, asked, &done_so(did, change_id)).await?;
    tx.commit().await?;
    Ok(change_id)
}
