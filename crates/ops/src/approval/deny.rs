//! `approval_deny`: a person says no.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_store::Decision;
use schemars::JsonSchema;
use serde::Deserialize;

use super::approve::{OneApproval, waiting};
use super::row::ApprovalRow;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Say no to a call that waits, with a reason that its caller reads. Only people can.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalDeny {
    /// Which.
    pub id: i64,
    /// Why not, for whoever asked.
    #[serde(default)]
    #[schemars(length(max = 500))]
    pub reason: Option<String>,
}

impl Operation for ApprovalDeny {
    type Output = OneApproval;
    const META: Meta = Meta::write("approval_deny", "Say no to a call that waits", Toolset::Safety)
        .irreversible()
        .not_a_tool()
        .routes(&[Route::post("/api/approvals/{id}/deny")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let parked = waiting(cx, self.id).await?;
        if self.reason.as_ref().is_some_and(|reason| reason.chars().count() > 500) {
            return Err(Fault::invalid("reason", "a reason has at most 500 characters"));
        }
        Ok(Plan::allow(format!("say no to {} by {}", parked.request.op, parked.request.actor)))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneApproval, Fault> {
        let decision = Decision { at: cx.now, by: cx.actor.name.clone(), reason: self.reason };
        let now = cx.now;
        let tx = cx.tx()?;
        if !tx.deny_approval(self.id, &decision).await? {
            return Err(Fault::new(Code::Conflict, format!("approval {} was decided already", self.id)));
        }
        let denied = tx.approval(self.id).await?;
        let denied = denied.ok_or_else(|| Fault::not_found(format!("there is no approval {}", self.id)))?;
        Ok(OneApproval { data: ApprovalRow::of(denied, now) })
    }
}
