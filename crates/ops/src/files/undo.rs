//! Taking back what changes did to files of the lab: the same write path, with what the changes remember.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::{Content, FileChange, Goal, Settlement, goals};
use labkeeper_store::Change;
use serde_json::{Value, json};

use super::version::{conflict, refused};
use super::write::{Applied, Cleared, Draft, Proposed};
use super::written::{noted, of_owner, plan_of, stands_on};
use crate::cx::Cx;
use crate::operation::{Plan, Verdict};
use crate::site::Site;

/// Files that can be put back as they were before changes: everything was read and compared, nothing was written.
pub(crate) struct Ready(Vec<Cleared>);

/// Files that were put back, not yet noted in the journal.
#[must_use]
pub(crate) struct PutBack(Vec<Applied>);

/// Prepares the files that those changes, newest first, altered.
///
/// # Errors
/// When somebody else changed one since, unless it is to be overwritten; when one cannot be reached, or the caller may not go there.
pub(crate) async fn ready(cx: &Cx, changes: &[Change], overwrite: bool) -> Result<Ready, Fault> {
    let files: Vec<&FileChange> = changes.iter().flat_map(|change| change.files.iter().rev()).collect();
    let mut ready = Vec::new();
    for goal in goals(&files) {
        let cleared = cleared(cx, &goal).await?;
        let left = (!goal.interrupted).then_some(&goal.left);
        if let Some(found) = conflict(cx, &cleared, left).await?
            && !overwrite
        {
            return Err(refused(&cleared, &found));
        }
        ready.push(cleared);
    }
    Ok(Ready(ready))
}

async fn cleared(cx: &Cx, goal: &Goal) -> Result<Cleared, Fault> {
    let place = goal.place.parse().map_err(|error| Fault::internal(&error))?;
    let path = goal.path.parse().map_err(|error| Fault::internal(&error))?;
    let site = Site::place(cx, &place).await?;
    let draft = match &goal.wanted {
        Content::Absent => Draft::Remove,
        content => Draft::Back(kept(cx, goal, content).await?, goal.ownership),
    };
    Ok(Proposed { site, path, draft }.clear(cx).await?)
}

async fn kept(cx: &Cx, goal: &Goal, content: &Content) -> Result<Vec<u8>, Fault> {
    let store = cx.house().store();
    if !store.has_content(content).await? {
        let message = format!("what {} in {} was before is no longer kept", goal.path, goal.place);
        return Err(Fault::new(Code::Conflict, message)
            .with_hint("only the newest versions of a file are kept; see PER_FILE_VERSION_CAP"));
    }
    Ok(store.content(content).await?.unwrap_or_default())
}

impl Ready {
    /// Whether no file is concerned.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds to a plan what would be written, and who has to agree to that.
    pub(crate) fn added_to(&self, mut plan: Plan) -> Plan {
        if self.is_empty() {
            return plan;
        }
        let plans: Vec<Plan> = self.0.iter().map(plan_of).collect();
        let cautions: Vec<String> = plans
            .iter()
            .flat_map(|one| one.verdict.reasons().iter().map(|why| format!("{}: {why}", one.summary)))
            .collect();
        plan.verdict = match (plan.verdict, cautions.is_empty()) {
            (Verdict::Allow, false) => Verdict::Confirm(cautions),
            (Verdict::Confirm(reasons), false) => Verdict::Confirm([reasons, cautions].concat()),
            (verdict, _) => verdict,
        };
        plan.stands_on = Some(self.stands_on());
        // It may bring back what a person took away.
        plan.runs_later = plans.iter().any(|one| one.runs_later);
        let shown: Vec<Value> = plans.iter().map(|one| one.details.clone()).collect();
        if let Value::Object(details) = &mut plan.details {
            details.insert("files".into(), json!(shown));
        }
        plan
    }

    fn stands_on(&self) -> String {
        self.0.iter().map(stands_on).collect::<Vec<_>>().join("\n")
    }

    /// Puts the files back, one after the other.
    ///
    /// # Errors
    /// When they are not as they were planned on, or at the first that fails. Those before it stay put back; they are in the journal, and the fault names them.
    pub(crate) async fn put_back(self, cx: &Cx, op: &str) -> Result<PutBack, Fault> {
        cx.still_stands_on(&self.stands_on())?;
        let mut done = Vec::new();
        for cleared in self.0.into_iter().filter(|cleared| !cleared.changes_nothing()) {
            match cleared.apply(cx, op).await {
                Ok(applied) => done.push(applied),
                Err(fault) if done.is_empty() => return Err(fault),
                Err(fault) => return Err(partly(cx, &done, fault).await?),
            }
        }
        Ok(PutBack(done))
    }
}

impl PutBack {
    /// What is worth knowing of each, where there is something.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let remark = |one: &Applied| {
            let path = one.cleared.path();
            of_owner(&one.cleared).map(|said| format!("{path} in {}: {said}", one.cleared.site().name()))
        };
        self.0.iter().filter_map(remark).collect()
    }

    /// Notes them for the journal entry of this call.
    ///
    /// # Errors
    /// When the store has no writer to give.
    pub(crate) async fn note(self, cx: &mut Cx) -> Result<(), Fault> {
        cx.tx = Some(noted(cx, &self.0.iter().collect::<Vec<_>>()).await?);
        Ok(())
    }
}

/// Writes the journal entry of those that were put back before one failed.
async fn partly(cx: &Cx, done: &[Applied], mut fault: Fault) -> Result<Fault, Fault> {
    let mut tx = cx.house().store().write().await?;
    let mut files = Vec::new();
    for applied in done {
        if let Some(version) = tx.version(applied.backup).await? {
            files.push(
                json!({"path": version.path, "place": version.place.to_string(), "backupPath": version.id}),
            );
            tx.settle_left(&version, Settlement::Applied).await?;
        }
    }
    tx.commit().await?;
    fault.message = format!("{} of the files were put back, then one failed: {}", files.len(), fault.message);
    Ok(fault.with_details(json!({"putBack": files})))
}
