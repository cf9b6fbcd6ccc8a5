//! `plan`: what a call would do.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Say what a call of another tool would do, without doing it: what would change, what stands on it, and whether it may happen: allow,
/// confirm, approve (a person decides) or deny.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanCall {
    /// Name of the tool.
    pub tool: String,
    /// Its input.
    #[serde(default)]
    pub input: Map<String, Value>,
}

/// The plan.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlannedCall {
    /// What would happen.
    pub plan: Planned,
}

/// What would happen, and whether it may.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Planned {
    /// One sentence.
    pub summary: String,
    /// `allow`, `confirm`, `approve` or `deny`.
    pub verdict: String,
    /// Why not without more.
    pub reasons: Vec<String>,
    /// Fields before and after, dependants, what is known of the target: whatever helps to decide.
    pub details: Value,
}

impl Operation for PlanCall {
    type Output = PlannedCall;
    const META: Meta = Meta::read("plan", "Say what a call would do", Toolset::Safety)
        .open_world()
        .routes(&[Route::post("/api/plan")]);

    async fn run(self, cx: &mut Cx) -> Result<PlannedCall, Fault> {
        let desk = cx.desk.clone();
        let answer = desk.plan(&cx.actor, &self.tool, self.input.into()).await?;
        let plan = serde_json::from_value(answer["plan"].clone()).map_err(|error| Fault::internal(&error))?;
        Ok(PlannedCall { plan })
    }
}
