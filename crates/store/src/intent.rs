//! What somebody is about to do, and what came of it, before the audit log makes records of it.

use labkeeper_core::audit::{Grounds, Phase, Record};
use labkeeper_core::stamp::Stamp;
use serde_json::Value;

/// What an actor is about to do.
#[derive(Debug, Clone)]
pub struct Intent {
    /// When.
    pub at: Stamp,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// Operation.
    pub op: String,
    /// What is planned, and the [`Subject`](labkeeper_core::audit::Subject), which is repeated in the outcome.
    pub summary: Value,
    /// Why it was let through or not. The outcome repeats all but the input.
    pub grounds: Grounds,
}

impl Intent {
    /// As its record has it.
    pub(crate) fn of(record: Record) -> Self {
        Self {
            at: Stamp(record.at),
            actor: record.actor,
            via: record.via,
            session: record.session,
            op: record.op,
            summary: record.summary,
            grounds: record.circumstances.grounds,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Done, failed, refused.
    pub phase: Phase,
    /// Ids, counts, the fault's code and sentence.
    pub summary: Value,
    /// Journal entry that came of it.
    pub change_id: Option<i64>,
}
