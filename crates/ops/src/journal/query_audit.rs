//! `query_audit`: who asked for what, and what became of it.

use std::collections::BTreeMap;

use labkeeper_core::audit::{Grounds, Phase, Record, Subject};
use labkeeper_core::fault::Fault;
use labkeeper_core::pve::VmId;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{AuditFilter, AuditSummary, Words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

const PAGE: i64 = 50;
const MAX_PAGE: i64 = 200;

/// Read the audit log, newest first: every write that was asked for, refused, done or failed, and by whom.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct QueryAudit {
    /// Only of this tool or operation.
    #[serde(default)]
    pub tool: Option<String>,
    /// Only about this guest, in whichever cluster.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// Only about a file whose path has this in it.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// From this time on, as 2026-11-21T23:02:24Z.
    #[serde(default)]
    pub since: Option<String>,
    /// Only up to this time.
    #[serde(default)]
    pub until: Option<String>,
    /// Only calls that had to be confirmed.
    #[serde(default)]
    pub large_only: bool,
    /// Only with all of these words in it.
    #[serde(default)]
    pub text_search: Option<String>,
    /// Only by this actor.
    #[serde(default)]
    pub actor: Option<String>,
    /// asked, done, failed, refused, interrupted or approved; of the log itself sealed, recovered or alarmed.
    #[serde(default)]
    pub phase: Option<String>,
    /// Only older than this record: the next page.
    #[serde(default)]
    pub before: Option<i64>,
    /// At most so many, 50 when left out. A page never has more than 200.
    #[serde(default)]
    #[schemars(range(min = 1))]
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
    /// The guest it is about.
    pub vmid: Option<VmId>,
    /// SHA-256 of the input, in old records. Newer ones have `args_hmac`, by which nobody without the key can guess it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub input_sha256: String,
    /// Why it was let through or not, where that is known.
    #[serde(flatten)]
    pub grounds: Grounds,
    /// What was planned, done, or wrong.
    pub summary: Value,
    /// Journal entry.
    pub change_id: Option<i64>,
    /// Hash of the record.
    pub hash: String,
}

/// Everything that matches, counted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditCounts {
    /// How many records match.
    pub total: i64,
    /// How many of each tool or operation.
    pub by_tool: BTreeMap<String, i64>,
    /// How many about each guest; guests of the same number in several clusters together.
    pub by_vmid: BTreeMap<i64, i64>,
    /// When the first was written.
    pub first_ts: Option<String>,
    /// When the last was written.
    pub last_ts: Option<String>,
}

/// Records.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditListing {
    /// Newest first.
    pub data: Vec<AuditView>,
    /// How many are on this page.
    pub count: usize,
    /// Everything that matches.
    pub summary: AuditCounts,
}

impl Operation for QueryAudit {
    type Output = AuditListing;
    const META: Meta =
        Meta::read("query_audit", "Read the audit log", Toolset::Safety).routes(&[Route::get("/api/audit")]);

    async fn run(self, cx: &mut Cx) -> Result<AuditListing, Fault> {
        let asked = self.limit.unwrap_or(PAGE);
        let Some(limit) = usize::try_from(asked.min(MAX_PAGE)).ok().filter(|limit| *limit > 0) else {
            return Err(Fault::invalid("limit", format!("limit wants a number from 1, not {asked}")));
        };
        let before = self.before;
        let filter = self.filter()?;
        let page = cx.house().store().audit(&filter, before, limit).await?;
        let data: Vec<AuditView> = page.records.into_iter().map(AuditView::from).collect();
        Ok(AuditListing { count: data.len(), data, summary: page.summary.into() })
    }
}

impl QueryAudit {
    fn filter(self) -> Result<AuditFilter, Fault> {
        Ok(AuditFilter {
            since: time("since", self.since)?,
            until: time("until", self.until)?,
            phase: self.phase.map(|phase| phase_named(&phase)).transpose()?,
            words: self.text_search.map(|text| words(&text)).transpose()?,
            op: self.tool,
            vmid: self.vmid.map(VmId::get),
            path: self.path_contains,
            large: self.large_only,
            actor: self.actor,
        })
    }
}

fn time(field: &str, text: Option<String>) -> Result<Option<Stamp>, Fault> {
    let Some(text) = text else { return Ok(None) };
    match Stamp::parse(&text) {
        Some(stamp) => Ok(Some(stamp)),
        None => Err(Fault::invalid(
            field,
            format!("{field} wants a time such as 2026-11-21T23:02:24Z, not \"{text}\""),
        )),
    }
}

fn phase_named(name: &str) -> Result<Phase, Fault> {
    Phase::parse(name).ok_or_else(|| {
        let known = Phase::ALL.map(Phase::as_str).join(", ");
        Fault::invalid("phase", format!("phase wants one of {known}, not \"{name}\""))
    })
}

fn words(text: &str) -> Result<Words, Fault> {
    Words::parse(text).ok_or_else(|| {
        Fault::invalid("textSearch", format!("textSearch wants words, and \"{text}\" has none"))
    })
}

impl From<(Record, String)> for AuditView {
    fn from((record, hash): (Record, String)) -> Self {
        Self {
            seq: record.seq,
            at: Stamp(record.at).text(),
            actor: record.actor,
            via: record.via,
            session: record.session,
            op: record.op,
            phase: record.phase.as_str().into(),
            intent: record.intent,
            vmid: Subject::of(&record.summary).vmid,
            input_sha256: record.input_sha256,
            grounds: record.circumstances.grounds,
            summary: record.summary,
            change_id: record.change_id,
            hash,
        }
    }
}

impl From<AuditSummary> for AuditCounts {
    fn from(summary: AuditSummary) -> Self {
        Self {
            total: summary.total,
            by_tool: summary.by_op,
            by_vmid: summary.by_vmid,
            first_ts: summary.first.map(Stamp::text),
            last_ts: summary.last.map(Stamp::text),
        }
    }
}
