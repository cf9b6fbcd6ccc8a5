//! Stage 4: what the plan's verdict means for this caller. A refusal is audited.

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::{Intent, Outcome};
use serde_json::{Value, json};

use crate::cx::Cx;
use crate::operation::{Plan, Verdict};

/// The plan as the answer of a dry run; `None` to go on; a fault to stop.
pub(crate) async fn decide(
    cx: &Cx,
    about: &Intent,
    plan: &Plan,
    confirm: bool,
    dry_run: bool,
) -> Result<Option<Value>, Fault> {
    // Asking what would happen is no try: nothing is refused, and the log has nothing of it.
    if dry_run {
        return Ok(Some(shown(plan)));
    }
    if let Verdict::Deny(reasons) = &plan.verdict {
        let fault =
            Fault::new(Code::Denied, format!("refused: {}", reasons.join("; "))).with_details(shown(plan));
        refuse(cx, about, &fault).await?;
        return Err(fault);
    }
    match &plan.verdict {
        Verdict::Confirm(reasons) if !confirm => {
            let fault = Fault::new(Code::ConfirmRequired, format!("not done yet: {}", reasons.join("; ")))
                .with_field("confirm")
                .with_hint("read what would happen in details, then repeat the call with confirm: true")
                .with_details(shown(plan));
            refuse(cx, about, &fault).await?;
            Err(fault)
        }
        _ => Ok(None),
    }
}

async fn refuse(cx: &Cx, about: &Intent, fault: &Fault) -> Result<(), Fault> {
    let outcome = Outcome {
        phase: Phase::Refused,
        summary: json!({"code": fault.code.as_str(), "error": fault.message}),
        change_id: None,
    };
    cx.house.store().conclude(cx.now, about, None, &outcome).await?;
    Ok(())
}

/// A plan as callers see it.
pub(crate) fn shown(plan: &Plan) -> Value {
    let (verdict, reasons) = match &plan.verdict {
        Verdict::Allow => ("allow", &[][..]),
        Verdict::Confirm(reasons) => ("confirm", reasons.as_slice()),
        Verdict::Deny(reasons) => ("deny", reasons.as_slice()),
    };
    json!({"plan": {"summary": plan.summary, "verdict": verdict, "reasons": reasons, "details": plan.details}})
}
