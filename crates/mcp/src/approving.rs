//! Where the owner lets them, the person in front of a client decides there about a call that was parked. The web app and the command line
//! decide too: who comes first has decided. Only what a person fills in counts; a form that is put away leaves the call waiting.

use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::budget::cut;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::keeper::{Answer, Call};
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use crate::asking::{self, Question, Said};
use crate::face::Face;
use crate::{answer, confirming, plan_text};

/// Name of the question and of the field that decides.
const APPROVE: &str = "approve";
/// Name of the field for words to the assistant.
const REASON: &str = "reason";
/// Most letters of a reason.
const LONGEST: usize = 500;
/// How long the assistant waits for what a person said yes to; it hears of the rest when it asks.
const PATIENCE: Duration = Duration::from_secs(45);

/// A call that waits for a person: its number, and what a yes is bound to.
struct Waiting {
    id: i64,
    digest: String,
}

/// What came of a parked call, when the client calls again with what its person said about it.
pub(crate) async fn said(
    face: &Face,
    actor: &Actor,
    about: (&str, &Value),
    params: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Option<CallToolResponse> {
    let is_open = face.keeper.settings().safety.elicitation && !asking::has_session(context);
    let seal = face.seal().filter(|_| is_open)?;
    let (note, said) = asking::answered(params, seal, APPROVE, &bound(actor, about))?;
    let (id, digest) = note.split_once(' ')?;
    let waiting = Waiting { id: id.parse().ok()?, digest: digest.into() };
    Some(decided(face, actor, about.0, &waiting, said).await.into())
}

/// Has the client ask its person about the call that `fault` says waits, or tells that it waits.
pub(crate) async fn about(
    face: &Face,
    actor: &Actor,
    about: (&str, &Value),
    fault: &Fault,
    context: &RequestContext<RoleServer>,
) -> CallToolResponse {
    let refused = || answer::result(face, actor, about.0, Err(fault.clone())).into();
    if !face.keeper.settings().safety.elicitation || !asking::can_ask(context) {
        return refused();
    }
    let id = fault.details.as_ref().and_then(|details| details["approval"]["id"].as_i64());
    let Some(id) = id else { return refused() };
    let Ok(row) = status(face, actor, id).await else { return refused() };
    let waiting = Waiting { id, digest: row["digest"].as_str().unwrap_or_default().into() };
    let Some(question) = question(face, actor, &row) else {
        return answer::result(face, actor, about.0, Err(elsewhere(face, fault, id))).into();
    };
    if !asking::has_session(context) {
        let Some(seal) = face.seal() else { return refused() };
        let note = format!("{id} {}", waiting.digest);
        return match asking::wanted(&question, seal, &note, &bound(actor, about)) {
            Some(wanted) => wanted.into(),
            None => refused(),
        };
    }
    let said = tokio::select! {
        said = asking::in_between(&question, context) => said,
        // Somebody decided elsewhere.
        () = settled(face, actor, id) => Said::Nothing,
    };
    decided(face, actor, about.0, &waiting, said).await.into()
}

fn bound(actor: &Actor, about: (&str, &Value)) -> String {
    asking::bound(&json!([APPROVE, actor.principal, actor.name, about.0, about.1]))
}

/// The row of a call of that actor.
async fn status(face: &Face, actor: &Actor, id: i64) -> Result<Value, Fault> {
    let call = Call::new(actor.clone(), "approval_status", json!({"id": id}));
    Ok(face.keeper.call(call).await?.output["data"][0].clone())
}

/// Waits until somebody has decided elsewhere, and for a while until it is done.
async fn settled(face: &Face, actor: &Actor, id: i64) {
    left(face, actor, id, "pending").await;
    // Whoever still waits then hears that it is being done.
    let _ = tokio::time::timeout(PATIENCE, left(face, actor, id, "running")).await;
}

/// Waits until the call is not in that state any more.
async fn left(face: &Face, actor: &Actor, id: i64, state: &str) {
    let mut committed = face.keeper.store().watch();
    while status(face, actor, id).await.is_ok_and(|row| row["state"] == state) {
        if committed.changed().await.is_err() {
            return;
        }
    }
}

/// From what was planned, without its secrets: the client's model may read it too. `None` when there is more than a form can show.
fn question(face: &Face, actor: &Actor, row: &Value) -> Option<Question> {
    let row = face.keeper.for_model(actor, row.clone()).into_value();
    let mut message = plan_text::whole(&actor.name, &row)?;
    if let Some(url) = &face.keeper.settings().safety.public_url {
        message.push_str(&format!(" It is at {url}/approvals too."));
    }
    let fields = json!({
        APPROVE: {"type": "boolean", "title": "Do it", "description": "Without this the answer is no.", "default": false},
        REASON: {"type": "string", "title": "Why not", "description": "The assistant reads it.", "maxLength": LONGEST},
    });
    Some(Question { key: APPROVE, message, fields, required: &[APPROVE] })
}

/// Nobody says yes to what they do not see: the call waits for them where there is room.
fn elsewhere(face: &Face, fault: &Fault, id: i64) -> Fault {
    let web = match &face.keeper.settings().safety.public_url {
        Some(url) => format!("at {url}/approvals"),
        None => "under Approvals in the web app".to_owned(),
    };
    let hint = fault.hint.as_deref().unwrap_or_default();
    fault.clone().with_hint(format!(
        "{hint}. It is too long to be shown in a form here: tell the person that they find it {web}, and with `labkeeper approve {id}`"
    ))
}

/// Hands on what the person said, and tells the assistant what came of its call.
async fn decided(face: &Face, actor: &Actor, name: &str, waiting: &Waiting, said: Said) -> CallToolResult {
    let handed_on = match said {
        Said::Filled(form) if form[APPROVE] == true => approve(face, actor, waiting).await,
        Said::Filled(form) => deny(face, actor, waiting.id, form[REASON].as_str()).await,
        Said::Declined => deny(face, actor, waiting.id, None).await,
        Said::Nothing => Ok(()),
    };
    match (status(face, actor, waiting.id).await, handed_on) {
        // It waits yet, and cannot be decided so.
        (Ok(row), Err(fault)) if row["state"] == "pending" => answer::refused(face, actor, &fault),
        (Ok(row), _) => told(face, actor, name, &row),
        (Err(fault), _) => answer::refused(face, actor, &fault),
    }
}

async fn approve(face: &Face, actor: &Actor, waiting: &Waiting) -> Result<(), Fault> {
    let input = json!({"id": waiting.id, "digest": waiting.digest});
    let call = Call::new(Actor::in_front_of(actor), "approval_approve", input);
    let keeper = face.keeper.clone();
    // It is done to its end, whoever waits for it.
    let work = tokio::spawn(async move { keeper.call(call).await });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(done)) => done.map(|_| ()),
        Ok(Err(panic)) => Err(Fault::internal(&panic)),
        Err(_) => Ok(()),
    }
}

async fn deny(face: &Face, actor: &Actor, id: i64, reason: Option<&str>) -> Result<(), Fault> {
    let reason = reason.map(|reason| cut(reason.trim(), LONGEST).0).filter(|reason| !reason.is_empty());
    let call = Call::new(Actor::in_front_of(actor), "approval_deny", json!({"id": id, "reason": reason}));
    face.keeper.call(call).await.map(|_| ())
}

/// What came of a call that was parked, as the answer of that call.
fn told(face: &Face, actor: &Actor, name: &str, row: &Value) -> CallToolResult {
    let (id, outcome) = (&row["id"], &row["outcome"]);
    match row["state"].as_str() {
        Some("done") => {
            let (output, change_id) = (outcome["answer"].clone(), row["change_id"].as_i64());
            answer::result(
                face,
                actor,
                name,
                Ok(Answer { output, change_id, audit_seq: None, dry_run: false }),
            )
        }
        Some("failed") => answer::failed(face, actor, name, outcome["fault"].clone()),
        Some("denied") => {
            let fault = confirming::declined().with_details(json!({"approval": id, "reason": row["reason"]}));
            answer::refused(face, actor, &fault)
        }
        Some("pending" | "running") => {
            let state = if row["state"] == "running" { "is being done" } else { "waits for a person" };
            let fault = Fault::new(Code::ApprovalPending, format!("approval {id} {state}")).with_hint(
                format!("ask approval_status with id {id} from time to time. Do not repeat the call"),
            );
            answer::refused(
                face,
                actor,
                &fault.with_details(json!({"approval": {"id": id, "state": row["state"]}})),
            )
        }
        _ => {
            let fault = Fault::new(Code::Denied, format!("nobody said yes to approval {id} in time"));
            answer::refused(face, actor, &fault.with_hint("ask the person what they want"))
        }
    }
}
