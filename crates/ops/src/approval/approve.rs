//! `approval_approve`: a person says yes, and the call is done.

use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::approval::ApprovalState;
use labkeeper_core::audit::{Grounds, Phase};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::principal::Principal;
use labkeeper_core::stamp::Stamp;
use labkeeper_core::tier::Tier;
use labkeeper_store::{ApprovalRequest, Decision, Intent, Outcome, Parked, View};
use schemars::JsonSchema;
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::row::ApprovalRow;
use super::ticket::Ticket;
use crate::access::is_live;
use crate::call::Call;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Say yes to a call that waits, which does it at once, for the caller and with the caller's rights. Only people can.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalApprove {
    /// Which.
    pub id: i64,
    /// The `digest` that was shown with it; a yes to something else is none.
    pub digest: String,
}

/// The call and what came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneApproval {
    /// The call.
    pub data: ApprovalRow,
}

impl Operation for ApprovalApprove {
    type Output = OneApproval;
    const META: Meta = Meta::act("approval_approve", "Say yes to a call that waits", Toolset::Safety)
        .not_a_tool()
        .routes(&[Route::post("/api/approvals/{id}/approve")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let parked = waiting(cx, self.id).await?;
        if parked.request.digest != self.digest {
            return Err(Fault::new(Code::Conflict, format!("approval {} is about something else", self.id))
                .with_field("digest")
                .with_hint("look at it again, and send the digest that is shown"));
        }
        may_still(&mut cx.read().await?, &parked.request, cx.now).await?;
        let request = &parked.request;
        // Some operations know only from the place whether somebody may go there: whoever says yes has to be able to do it all.
        cx.desk.clone().plan(&cx.actor, &request.op, request.input.clone()).await?;
        let what = request.plan["summary"].as_str().unwrap_or(&request.op);
        Ok(Plan::allow(format!("say yes to {} by {}: {what}", request.op, request.actor)))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneApproval, Fault> {
        let parked = waiting(cx, self.id).await?;
        let decision = Decision { at: cx.now, by: cx.actor.name.clone(), reason: None };
        let mut tx = cx.house.store().write().await?;
        // Under the transaction that takes it: whoever ends the token meanwhile comes before or after.
        may_still(&mut tx, &parked.request, cx.now).await?;
        // Durable before anything is done: whoever comes second, or after a crash, finds it taken.
        if !tx.claim_approval(self.id, &decision).await? {
            return Err(decided(self.id));
        }
        tx.tell(cx.now).await?;
        tx.commit().await?;
        let noted = self.note(cx, &parked.request).await;
        let ticket =
            Ticket { id: parked.id, digest: self.digest, by: decision.by.clone(), via: cx.actor.via };
        let request = parked.request.clone();
        let mut call = Call::new(asker(&request)?, request.op, request.input);
        call.progress = cx.progress.clone();
        call.ticket = Some(ticket);
        // It is taken: what it came to is said, also when it could not begin.
        let done = match noted {
            Ok(()) => cx.desk.clone().carry_out(call).await,
            Err(fault) => Err(fault),
        };
        let (state, outcome, change_id) = match done {
            Ok(answer) => (ApprovalState::Done, json!({"answer": answer.output}), answer.change_id),
            Err(fault) => (ApprovalState::Failed, json!({"fault": fault.to_json()}), None),
        };
        let now = cx.house.clock().now();
        let settled = Parked {
            state,
            decided_at: Some(decision.at),
            decided_by: Some(decision.by),
            outcome: Some(outcome.clone()),
            change_id,
            ..parked
        };
        if let Err(fault) = settle(cx, now, &settled).await {
            tracing::warn!(%fault, approval = self.id, "what came of a call is written later");
            cx.house.store().owe_approval(now, self.id, state, outcome, change_id);
        }
        cx.summarise(format!("said yes to approval {}, which is {}", self.id, state.as_str()));
        Ok(OneApproval { data: ApprovalRow::of(settled, now) })
    }
}

impl ApprovalApprove {
    /// The audit log says who said yes to what, before it is done.
    async fn note(&self, cx: &Cx, request: &ApprovalRequest) -> Result<(), Fault> {
        let signer = cx.house.store().audit_signer().ok();
        let about = Intent {
            at: cx.now,
            actor: cx.actor.name.clone(),
            via: cx.actor.via.as_str().into(),
            session: cx.actor.session.clone(),
            op: request.op.clone(),
            summary: json!({}),
            grounds: Grounds {
                tier: Some(cx.actor.grant.tier),
                args_hmac: signer.map(|signer| signer.hmac(&request.input.to_string())),
                ..Grounds::default()
            },
        };
        let summary = json!({"approval": self.id, "asked_by": request.actor, "digest": self.digest});
        let approved = Outcome { phase: Phase::Approved, summary, change_id: None };
        cx.house.store().conclude(cx.now, &about, None, &approved).await?;
        Ok(())
    }
}

/// The call of that number, if a person calls and it still waits.
pub(super) async fn waiting(cx: &mut Cx, id: i64) -> Result<Parked, Fault> {
    if !cx.actor.is_person() {
        return Err(Fault::new(Code::Forbidden, "only a person decides what waits for a person")
            .with_hint("log in to the web app, or use `labkeeper approve` and `labkeeper deny`"));
    }
    if cx.actor.via == Via::Elicitation && !cx.house.settings().safety.elicitation {
        return Err(Fault::new(
            Code::Forbidden,
            "what a client of an assistant hands on is nobody's word here",
        )
        .with_hint("safety.elicitation lets it be one"));
    }
    let parked = cx.read().await?.approval(id).await?;
    let parked =
        parked.ok_or_else(|| Fault::not_found(format!("there is no approval {id}")).with_field("id"))?;
    if !cx.desk.offers(&cx.actor, &parked.request.op) {
        return Err(Fault::new(
            Code::Forbidden,
            format!("{} is not yours to do, and so not yours to allow", parked.request.op),
        )
        .with_hint("an administrator can"));
    }
    match parked.state_at(cx.now) {
        ApprovalState::Pending => Ok(parked),
        ApprovalState::Expired => Err(Fault::new(Code::Conflict, format!("approval {id} has expired"))
            .with_hint("whoever asked can ask again")),
        _ => Err(decided(id)),
    }
}

/// Whether the token that asked is still good. Who asked without one, the owner's own assistant, has none to lose.
async fn may_still(view: &mut View, request: &ApprovalRequest, now: Stamp) -> Result<(), Fault> {
    let mut tokens = view.tokens().await?;
    match &request.principal {
        Principal::Token(id) => tokens.retain(|token| token.id == *id),
        Principal::Unknown => {
            tokens.retain(|token| token.name == request.actor);
            if tokens.is_empty() {
                return Ok(());
            }
            // A newer one of the same name is somebody else's, or has other rights.
            tokens.retain(|token| token.created_at <= request.at);
        }
        _ => return Ok(()),
    }
    if tokens.iter().any(|token| is_live(token, now)) {
        return Ok(());
    }
    let why = match tokens.last().map(|token| (token.revoked_at, token.expires_at)) {
        Some((Some(at), _)) => format!("was revoked at {}", at.text()),
        Some((None, Some(at))) => format!("expired at {}", at.text()),
        _ => "is not good any more".into(),
    };
    let message = format!("the token of {} {why}: what it asked for is not done any more", request.actor);
    Err(Fault::new(Code::Conflict, message).with_hint(
        "say no to it; if you want it done, make a new token (labkeeper token create) and have it asked again with that",
    ))
}

fn decided(id: i64) -> Fault {
    Fault::new(Code::Conflict, format!("approval {id} was decided already"))
}

async fn settle(cx: &Cx, at: Stamp, settled: &Parked) -> Result<(), Fault> {
    let mut tx = cx.house.store().write().await?;
    let outcome = settled.outcome.as_ref().unwrap_or(&Value::Null);
    tx.settle_approval(settled.id, settled.state, outcome, settled.change_id).await?;
    tx.tell(at).await?;
    Ok(tx.commit().await?)
}

/// Who asked, with the rights of then and no more.
fn asker(request: &ApprovalRequest) -> Result<Actor, Fault> {
    let unknown = |error: serde::de::value::Error| Fault::internal(&error);
    let tier = Tier::deserialize(request.tier.as_str().into_deserializer()).map_err(unknown)?;
    let via = Via::deserialize(request.via.as_str().into_deserializer()).map_err(unknown)?;
    let grant = Grant { tier, write: request.may_write, admin: false };
    let (name, session) = (request.actor.clone(), request.session.clone());
    Ok(Actor { name, principal: request.principal.clone(), via, grant, session, person: false })
}
