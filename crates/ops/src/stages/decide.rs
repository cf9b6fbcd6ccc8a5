//! Stage 4: what the plan's verdict means for this call. A refusal is audited, and so is that a call waits for a person.

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::{Intent, Outcome};
use serde_json::{Value, json};

use crate::approval::park::park;
use crate::approval::ticket::Ticket;
use crate::cx::Cx;
use crate::operation::{Plan, Verdict};
use crate::stages::parse::Request;
use crate::telling;

/// The plan as the answer of a dry run; `None` to go on; a fault to stop.
pub(crate) async fn decide(
    cx: &Cx,
    about: &Intent,
    plan: &Plan,
    request: &Request,
    digest: Result<String, Fault>,
    ticket: Option<&Ticket>,
) -> Result<Option<Value>, Fault> {
    // Asking what would happen is no try: nothing is refused, and the log has nothing of it.
    if request.dry_run {
        return Ok(Some(plan.shown()));
    }
    let fault = match (&plan.verdict, ticket) {
        (Verdict::Deny(reasons), _) => {
            Fault::new(Code::Denied, format!("refused: {}", reasons.join("; "))).with_details(plan.shown())
        }
        (_, Some(ticket)) if ticket.digest == *digest.as_ref().map_err(Fault::clone)? => return Ok(None),
        (_, Some(ticket)) => changed_since(ticket, plan),
        (Verdict::Allow, None) => return Ok(None),
        (Verdict::Confirm(_), None) if request.confirm => return Ok(None),
        (Verdict::Confirm(reasons), None) => {
            Fault::new(Code::ConfirmRequired, format!("not done yet: {}", reasons.join("; ")))
                .with_field("confirm")
                .with_hint("read what would happen in details, then repeat the call with confirm: true")
                .with_details(plan.shown())
        }
        (Verdict::Approve(_), None) => park(cx, &about.op, &request.input, plan, digest?).await?,
    };
    refuse(cx, about, &fault).await?;
    Err(fault)
}

/// A person said yes to something that is not so any more.
fn changed_since(ticket: &Ticket, plan: &Plan) -> Fault {
    let message = format!(
        "approval {} by {} was for another state of things: what it would change is not as it was then",
        ticket.id, ticket.by
    );
    Fault::new(Code::Conflict, message)
        .with_hint("make the call again, and let a person look at what it would do now")
        .with_details(plan.shown())
}

async fn refuse(cx: &Cx, about: &Intent, fault: &Fault) -> Result<(), Fault> {
    let error = telling::for_record(&cx.house, &cx.actor, &fault.message)?;
    let mut summary = json!({"code": fault.code.as_str(), "error": error});
    if let Some(id) = fault.details.as_ref().and_then(|details| details["approval"]["id"].as_i64()) {
        summary["approval"] = id.into();
    }
    let outcome = Outcome { phase: Phase::Refused, summary, change_id: None };
    cx.house.store().conclude(cx.now, about, None, &outcome).await?;
    Ok(())
}
