//! What a write is said to be, before and after; and carrying one through with its note in the journal.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{BackupId, Content, Diff, DiffBudget, Settlement};
use labkeeper_core::pve::VmId;
use labkeeper_core::shell::{FilePath, Replaced};
use labkeeper_store::{StoreError, WriteTx};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::write::{Applied, Cleared, Owner, Proposed, Stopped};
use crate::cx::Cx;
use crate::operation::{Plan, Verdict};

/// From this size on a change is called large.
const LARGE: usize = 1 << 20;

/// What came of a write.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// The path that was asked for.
    pub path: FilePath,
    /// The file it is, links followed.
    pub resolved: FilePath,
    /// Where: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vmid: Option<VmId>,
    /// The version that has what was there before, for revert_file; absent when nothing had to be done.
    pub backup_path: Option<BackupId>,
    /// revert_file takes it back.
    pub revertible: bool,
    /// There was no such file before.
    pub new_file: bool,
    /// There is no such file any more.
    pub removed: bool,
    /// Something was written; false when the file was so already.
    pub changed: bool,
    /// Bytes it has now.
    pub bytes: Option<u64>,
    /// SHA-256 of what it is now.
    pub sha256: Option<String>,
    /// SHA-256 of what it was.
    pub sha256_before: Option<String>,
    /// What changed.
    #[serde(flatten)]
    pub diff: Diff,
    /// How it was written: `renamed` over the old one, or `in_place`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Replaced>,
    /// What is worth knowing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Written {
    fn of(cleared: &Cleared, backup: Option<BackupId>, how: Option<Replaced>) -> Self {
        let after = Content::of(cleared.after());
        let in_place = (how == Some(Replaced::InPlace))
            .then(|| "written in place, because it could not be renamed over".to_string());
        Self {
            path: cleared.asked().clone(),
            resolved: cleared.path().clone(),
            place: cleared.site().place_name().to_string(),
            vmid: cleared.site().vmid(),
            backup_path: backup,
            revertible: backup.is_some(),
            new_file: cleared.before().is_none() && cleared.after().is_some(),
            removed: cleared.after().is_none() && backup.is_some(),
            changed: backup.is_some(),
            bytes: after.size(),
            sha256: after.sha256().map(str::to_string),
            sha256_before: Content::of(cleared.before()).sha256().map(str::to_string),
            diff: Diff::between(cleared.before(), cleared.after(), DiffBudget::default()),
            how,
            note: in_place.or_else(|| of_owner(cleared)),
        }
    }
}

/// Whose a file is that comes back.
pub(super) fn of_owner(cleared: &Cleared) -> Option<String> {
    match cleared.new_owner()? {
        Owner::Root => None,
        Owner::AsBefore(ownership) => Some(format!("it comes back as it was: {ownership}")),
        Owner::Forgotten => Some(
            "whose it was and its mode were not noted when it was kept: it belongs to root, mode 0644".into(),
        ),
    }
}

/// `write /etc/hosts in CT 101 (dns) on pve2`.
fn sentence(cleared: &Cleared) -> String {
    let verb = match (cleared.before(), cleared.after()) {
        _ if cleared.changes_nothing() => "leave as it is",
        (None, _) => "create",
        (Some(_), Some(_)) => "write",
        (Some(_), None) => "remove",
    };
    format!("{verb} {} in {}", cleared.path(), cleared.site().name())
}

/// What would be written.
pub(super) async fn planned(cx: &Cx, proposed: Proposed) -> Result<Plan, Fault> {
    let asked = proposed.path.clone();
    match proposed.clear(cx).await {
        Ok(cleared) => Ok(plan_of(&cleared)),
        Err(Stopped::Denied(reason)) => {
            let verdict = Verdict::Deny(vec![reason]);
            Ok(Plan { verdict, ..Plan::allow(format!("write {asked}")) }.with(json!({"path": asked})))
        }
        Err(Stopped::Fault(fault)) => Err(fault),
    }
}

/// The plan of a write that was cleared.
pub(super) fn plan_of(cleared: &Cleared) -> Plan {
    let plan = match cleared.caution().filter(|_| !cleared.changes_nothing()) {
        Some(reason) => Plan::confirm(sentence(cleared), reason),
        None => Plan::allow(sentence(cleared)),
    };
    let runs_later = cleared.runs_later() && !cleared.changes_nothing();
    Plan { stands_on: Some(stands_on(cleared)), runs_later, ..plan.with(details(cleared)) }
}

/// The file that was looked at, and what it has.
pub(super) fn stands_on(cleared: &Cleared) -> String {
    let before = Content::of(cleared.before());
    format!("{} {} {}", cleared.site().place_name(), cleared.path(), before.sha256().unwrap_or("absent"))
}

fn details(cleared: &Cleared) -> Value {
    let (before, after) = (Content::of(cleared.before()), Content::of(cleared.after()));
    let size = cleared.after().map_or(0, <[u8]>::len);
    let large = match () {
        () if cleared.before().is_none() && cleared.after().is_some() => {
            Some("new file creation".to_string())
        }
        () if size > LARGE => Some(format!("{size} bytes")),
        () => None,
    };
    let place = cleared.site().place_name();
    let mut details = json!({
        "place": place.to_string(),
        "cluster": place.cluster(),
        "path": cleared.asked(),
        "resolved": cleared.path(),
        "isNewFile": cleared.before().is_none(),
        "sha256Before": before.sha256(),
        "sha256After": after.sha256(),
        "prevBytes": before.size().unwrap_or(0),
        "newBytes": after.size().unwrap_or(0),
        "isLargeChange": large.is_some(),
        "largeChangeReason": large,
    });
    let diff = serde_json::to_value(Diff::between(cleared.before(), cleared.after(), DiffBudget::default()));
    if let (Some(details), Ok(Value::Object(diff))) = (details.as_object_mut(), diff) {
        details.extend(diff);
    }
    let in_place = cleared
        .has_other_names()
        .then(|| "the file has more than one name, so it would be written in place".to_string());
    if let Some(note) = in_place.or_else(|| of_owner(cleared)) {
        details["note"] = note.into();
    }
    details
}

/// Carries a write through, as the whole of an operation that acts on the lab.
pub(super) async fn written(cx: &mut Cx, op: &str, proposed: Proposed) -> Result<Written, Fault> {
    let cleared = proposed.clear(cx).await?;
    carried_out(cx, op, cleared).await
}

/// Carries a cleared write through.
pub(super) async fn carried_out(cx: &mut Cx, op: &str, cleared: Cleared) -> Result<Written, Fault> {
    cx.still_stands_on(&stands_on(&cleared))?;
    if cleared.changes_nothing() {
        cx.summarise(format!("{} in {} was so already", cleared.path(), cleared.site().name()));
        return Ok(Written::of(&cleared, None, None));
    }
    let did = sentence(&cleared);
    let applied = cleared.apply(cx, op).await?;
    match noted(cx, &[&applied]).await {
        Ok(tx) => cx.tx = Some(tx),
        // It is not less written: what became of it is found out at the next touch.
        Err(error) => tracing::warn!(%error, "a file is written, and that it is cannot be noted now"),
    }
    cx.summarise(did);
    Ok(Written::of(&applied.cleared, Some(applied.backup), applied.how))
}

/// In a transaction for the outcome of this call: that those were written.
pub(super) async fn noted(cx: &Cx, applied: &[&Applied]) -> Result<WriteTx, StoreError> {
    let mut tx = cx.house().store().write().await?;
    for one in applied {
        tx.settle_version(one.backup, Settlement::Applied).await?;
    }
    Ok(tx)
}
