//! The audit log: whether it holds, who outside would know, and what it has to say that somebody should look at.

use std::time::Duration;

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::journal::audit_verify::{Question, Verification};
use labkeeper_ops::keeper::Keeper;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::check::Check;
use crate::{local, render};

const PATIENCE: Duration = Duration::from_secs(5);
/// For so long a call that was interrupted is worth a look.
const WEEK: i64 = 7;
/// And an alarm.
const MONTH: i64 = 30;

/// Judges it; what needs no attention is one finding.
pub(super) async fn check(keeper: &Keeper) -> Vec<Finding> {
    let verified = match timeout(PATIENCE, keeper.verify_audit(Question::default(), |_| Ok(()))).await {
        Ok(Ok(verified)) => verified,
        Ok(Err(fault)) => {
            let finding = Check::Audit.finds(Level::Unknown, format!("could not be verified: {fault}"));
            return vec![finding.with_remedy("see to the database first")];
        }
        Err(_) => {
            let finding =
                Check::Audit.finds(Level::Unknown, format!("not verified within {} s", PATIENCE.as_secs()));
            return vec![finding.with_remedy("`labkeeper audit verify` takes its time")];
        }
    };
    let mut findings = Vec::from_iter(broken(&verified));
    findings.extend(unsigned(&verified));
    findings.extend(anchors(&verified));
    let asked = tokio::join!(recent(keeper, "alarmed", MONTH), recent(keeper, "interrupted", WEEK));
    findings.extend(alarms(asked.0));
    findings.extend(interrupted(asked.1));
    if findings.is_empty() {
        let mut finding = Check::Audit.ok(format!("the chain of {} records holds", verified.records));
        if verified.anchors.is_empty() {
            finding = finding.with_detail(
                "nobody outside this machine could tell if all of it were written anew: set audit.anchor",
            );
        }
        findings.push(finding);
    }
    findings
}

fn broken(verified: &Verification) -> Option<Finding> {
    let broken = verified.broken.as_ref()?;
    Some(Check::Audit.finds(Level::Crit, format!("the chain of records is broken: {broken}")).with_remedy(
        "somebody or something changed the record behind labkeeper's back: compare with audit.jsonl and with the copies of `labkeeper backup list`; after putting a copy back, docs/audit.md says what to do",
    ))
}

/// A key that cannot be used stops no record, so it has to be said here.
fn unsigned(verified: &Verification) -> Option<Finding> {
    verified.key.is_none().then(|| {
        let finding =
            Check::Audit.finds(Level::Warn, "no new checkpoint can be signed: audit.key cannot be used");
        finding.with_remedy(
            "put audit.key back from a copy, or move it away: then a new one is made, and the log says so",
        )
    })
}

fn anchors(verified: &Verification) -> Vec<Finding> {
    let trouble = |anchor: &labkeeper_ops::journal::audit_verify::AnchorView| {
        let trouble = anchor.trouble.as_ref()?;
        let finding = Check::Audit.finds(
            Level::Warn,
            format!(
                "the anchor {} has {} of {} records: {trouble}",
                anchor.name, anchor.records, verified.records
            ),
        );
        Some(finding.with_remedy("see that it can be reached and written to; checkpoints wait for it"))
    };
    verified.anchors.iter().filter_map(trouble).collect()
}

/// What was noted in a phase lately.
async fn recent(keeper: &Keeper, phase: &str, days: i64) -> Result<Value, Fault> {
    let since = Stamp(keeper.clock().now().0 - days * 86_400_000_000).text();
    let input = json!({"phase": phase, "since": since, "limit": 1});
    Ok(local::call(keeper, "query_audit", input).await?.output)
}

fn alarms(found: Result<Value, Fault>) -> Option<Finding> {
    let found = found.ok()?;
    let newest = found["data"].get(0)?;
    let finding = format!(
        "{} alarms in {MONTH} days, the last at {}: {}",
        found["summary"]["total"],
        render::cell(newest.get("at")),
        render::cell(newest["summary"].get("error"))
    );
    Some(
        Check::Audit
            .finds(Level::Warn, finding)
            .with_remedy("`labkeeper audit query --phase alarmed` has all of them"),
    )
}

fn interrupted(found: Result<Value, Fault>) -> Option<Finding> {
    let found = found.ok()?;
    let newest = found["data"].get(0)?;
    let finding = format!(
        "{} calls in {WEEK} days ended in the middle, and nobody knows what came of them: the last {} by {} at {}",
        found["summary"]["total"],
        render::cell(newest.get("op")),
        render::cell(newest.get("actor")),
        render::cell(newest.get("at"))
    );
    Some(Check::Audit.finds(Level::Warn, finding).with_remedy(
        "look at what `labkeeper audit query --phase interrupted` names, and finish or take it back",
    ))
}
