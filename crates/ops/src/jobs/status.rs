//! `job_status`: how a call goes that took longer than its caller waited.

use labkeeper_core::audit::Phase;
use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// See how a call goes that took longer than its caller waited, and what it answered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JobStatus {
    /// The number that the call answered.
    pub id: i64,
}

/// Where it is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// It is at work.
    Running,
    /// It is done.
    Done,
    /// It could not be done.
    Failed,
    /// The process ended while it was at work: whether it was done is not known.
    Interrupted,
}

/// A long call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Job {
    /// Its number, also in the audit log.
    pub id: i64,
    /// The operation.
    pub op: String,
    /// Where it is.
    pub state: JobState,
    /// Where the process is that does it and keeps its answer, when it is not the one that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
    /// What it answered. Kept for a day, and not over a restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Value>,
    /// The entry in the change journal that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_id: Option<i64>,
}

impl Operation for JobStatus {
    type Output = Job;
    const META: Meta = Meta::read("job_status", "See how a long call goes", Toolset::Safety)
        .foreign()
        .routes(&[Route::get("/api/jobs/{id}")]);

    async fn run(self, cx: &mut Cx) -> Result<Job, Fault> {
        let id = self.id;
        let Some(job) = cx.house.jobs().of(id) else { return logged(cx, id).await };
        if !job.is_for(&cx.actor) {
            return Err(unknown(id));
        }
        let op = job.op.to_owned();
        Ok(match job.done() {
            None => Job {
                id,
                op,
                state: JobState::Running,
                elsewhere: None,
                answer: None,
                fault: None,
                change_id: None,
            },
            Some(Ok(answer)) => Job {
                id,
                op,
                state: JobState::Done,
                elsewhere: None,
                answer: Some(answer.output.clone()),
                fault: None,
                change_id: answer.change_id,
            },
            Some(Err(fault)) => Job {
                id,
                op,
                state: JobState::Failed,
                elsewhere: None,
                answer: None,
                fault: Some(fault.to_json()),
                change_id: None,
            },
        })
    }
}

fn unknown(id: i64) -> Fault {
    Fault::not_found(format!("there is no job {id} of yours")).with_field("id")
}

/// What the audit log knows of it: another process does it, or did. The log has names, and no answers.
async fn logged(cx: &mut Cx, id: i64) -> Result<Job, Fault> {
    let mut view = cx.read().await?;
    let asked = view.audit_after(id.saturating_sub(1), 1).await?.into_iter().map(|(record, _)| record).next();
    let is_theirs = |actor: &str| cx.actor.is_person() || actor == cx.actor.name;
    let asked = asked
        .filter(|record| record.seq == id && record.phase == Phase::Asked && is_theirs(&record.actor))
        .ok_or_else(|| unknown(id))?;
    let outcome = view.audit_outcome(id).await?;
    let (state, change_id) = match &outcome {
        None => (JobState::Running, None),
        Some(record) => match record.phase {
            Phase::Done => (JobState::Done, record.change_id),
            Phase::Interrupted => (JobState::Interrupted, None),
            _ => (JobState::Failed, None),
        },
    };
    let fault = outcome.filter(|record| record.phase == Phase::Failed).map(|record| record.summary);
    drop(view);
    let there = cx.house.store().whereabouts(&asked.circumstances.boot).await?;
    let elsewhere = there.map(|there| format!("{} on {}", there.path, there.host));
    Ok(Job { id, op: asked.op, state, elsewhere, answer: None, fault, change_id })
}
