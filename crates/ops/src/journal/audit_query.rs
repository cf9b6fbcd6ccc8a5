//! `audit_query`: who asked for what, and what became of it.

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::Fault;
use labkeeper_store::AuditFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Read the audit log, newest first: every write that was asked for, refused, done or failed, and by whom.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only this operation.
    #[serde(default)]
    pub op: Option<String>,
    /// Only by this actor.
    #[serde(default)]
    pub actor: Option<String>,
    /// asked, done, failed, refused or interrupted.
    #[serde(default)]
    pub phase: Option<String>,
    /// Only older than this record.
    #[serde(default)]
    pub before: Option<i64>,
    /// At most so many, 50 when left out, 1000 at most.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// One record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditView {
    /// Position.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// Operation.
    pub op: String,
    /// Where in its life.
    pub phase: String,
    /// The intent this is the outcome of.
    pub intent: Option<i64>,
    /// SHA-256 of the input.
    pub input_sha256: String,
    /// What was planned, done, or wrong.
    pub summary: Value,
    /// Journal entry.
    pub change_id: Option<i64>,
    /// Hash of the record.
    pub hash: String,
}

/// Records.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditListing {
    /// Newest first.
    pub data: Vec<AuditView>,
    /// How many are on this page.
    pub count: usize,
}

impl Operation for AuditQuery {
    type Output = AuditListing;
    const META: Meta =
        Meta::read("audit_query", "Read the audit log", Toolset::Safety).routes(&[Route::get("/api/audit")]);

    async fn run(self, cx: &mut Cx) -> Result<AuditListing, Fault> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=1000).contains(&limit) {
            return Err(Fault::invalid("limit", format!("limit wants a number from 1 to 1000, not {limit}")));
        }
        if let Some(phase) = self.phase.as_deref().filter(|phase| Phase::parse(phase).is_none()) {
            let known = Phase::ALL.map(Phase::as_str).join(", ");
            return Err(Fault::invalid("phase", format!("phase wants one of {known}, not \"{phase}\"")));
        }
        let filter =
            AuditFilter { op: self.op, actor: self.actor, phase: self.phase, before: self.before, limit };
        let records = cx.read().await?.audit(&filter).await?;
        let data: Vec<AuditView> = records
            .into_iter()
            .map(|(record, hash)| AuditView {
                seq: record.seq,
                at: labkeeper_core::stamp::Stamp(record.at).text(),
                actor: record.actor,
                via: record.via,
                session: record.session,
                op: record.op,
                phase: record.phase.as_str().into(),
                intent: record.intent,
                input_sha256: record.input_sha256,
                summary: record.summary,
                change_id: record.change_id,
                hash,
            })
            .collect();
        Ok(AuditListing { count: data.len(), data })
    }
}
