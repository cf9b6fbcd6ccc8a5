//! A parked call as it is shown.

use labkeeper_core::approval::ApprovalState;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::Parked;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// A call that waits, or waited, for a person.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApprovalRow {
    /// Its number.
    pub id: i64,
    /// `pending`, `running`, `done`, `failed`, `denied`, `expired` or `interrupted`.
    pub state: ApprovalState,
    /// Who asked.
    pub actor: String,
    /// Through which face: `mcp`, `rest`, `cli`.
    pub via: String,
    /// In which session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The operation that would be done.
    pub op: String,
    /// When it was asked.
    pub at: String,
    /// When no becomes the answer.
    pub expires_at: String,
    /// What would happen: summary, verdict, reasons, details with diff or decoded commands.
    pub plan: Value,
    /// What a yes is bound to; send it along with the yes.
    pub digest: String,
    /// When somebody decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// Why not, in the words of who said no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the call answered (`answer`), or why it failed (`fault`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Value>,
    /// The entry in the change journal that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_id: Option<i64>,
}

impl ApprovalRow {
    pub(super) fn of(parked: Parked, now: Stamp) -> Self {
        let state = parked.state_at(now);
        let request = parked.request;
        Self {
            id: parked.id,
            state,
            actor: request.actor,
            via: request.via,
            session: request.session,
            op: request.op,
            at: request.at.text(),
            expires_at: request.expires_at.text(),
            plan: request.plan,
            digest: request.digest,
            decided_at: parked.decided_at.map(Stamp::text),
            decided_by: parked.decided_by,
            reason: parked.reason,
            outcome: parked.outcome,
            change_id: parked.change_id,
        }
    }
}
