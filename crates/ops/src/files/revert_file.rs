//! `revert_file`.

use labkeeper_core::change::Reversal;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::{BackupId, Settlement};
use labkeeper_core::pve::{ClusterName, NodeName, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_core::tier::Tier;
use labkeeper_store::Version;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::version::{Which, conflict, find, refused};
use super::write::{Cleared, Draft, Proposed};
use super::written::{Written, carried_out, plan_of};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset, Verdict};
use crate::site::Site;

/// Put a file back to a version that was kept before it was written from here. Putting back the creation of a file removes it. A file that
/// somebody else changed since is left alone, and the differences are shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RevertFile {
    /// The version's id: `b42`; the newest one of `path` when left out.
    #[serde(default)]
    pub backup_path: Option<BackupId>,
    /// The file. Without vmid it is one on a node.
    #[serde(default)]
    pub path: Option<FilePath>,
    /// The guest that the file is in.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// The node that the file is on; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where it is not clear.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
    /// Put it back although somebody else changed the file since.
    #[serde(default)]
    pub overwrite: bool,
    /// Go on although the same file was put back twice within ten minutes.
    #[serde(default)]
    pub override_circuit_breaker: bool,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reverted {
    /// The version that was put back.
    pub restored_from: BackupId,
    /// The write.
    #[serde(flatten)]
    pub written: Written,
}

impl RevertFile {
    fn which(&self) -> Which<'_> {
        Which {
            backup: self.backup_path,
            path: self.path.as_ref(),
            vmid: self.vmid,
            node: self.node.as_ref(),
            cluster: self.cluster.as_ref(),
        }
    }

    /// The write that puts it back, and the version it comes from.
    async fn cleared(&self, cx: &Cx) -> Result<(Version, Cleared), Fault> {
        let first = find(cx, &self.which()).await?;
        let mut cleared = proposed(cx, &first).await?.clear(cx).await?;
        // Looking at the file may have told that its newest write did not come about.
        let version = find(cx, &self.which()).await?;
        if version.id != first.id {
            cleared = proposed(cx, &version).await?.clear(cx).await?;
        }
        if version.settlement == Settlement::NotApplied {
            let message = format!("the write that {} was kept for did not come about", version.id);
            return Err(Fault::new(Code::Conflict, message).with_hint("there is nothing to put back"));
        }
        if cleared.path() != &version.path {
            return Err(Fault::new(
                Code::Conflict,
                format!("{} leads to {} now", version.path, cleared.path()),
            )
            .with_hint(
                "look at the links on the way; write the file with its content if that is what you want",
            ));
        }
        let latest = latest(cx, &version).await?;
        let left = latest.as_ref().filter(|latest| latest.settlement == Settlement::Applied);
        if let Some(found) = conflict(cx, &cleared, left.map(|latest| &latest.after)).await?
            && !self.overwrite
        {
            return Err(refused(&cleared, &found));
        }
        Ok((version, cleared))
    }

    async fn breaker(&self, cx: &Cx, version: &Version) -> Result<Option<String>, Fault> {
        let breaker = cx.house().settings().files.breaker;
        if self.override_circuit_breaker {
            return Ok(None);
        }
        let since = breaker.since(cx.now);
        let earlier =
            cx.read().await?.writes_since(&version.place, &version.path, &[Self::META.name], since).await?;
        Ok(breaker.trips(earlier).then(|| {
            format!(
                "{} was put back {earlier} times within {} minutes: find out what goes wrong first, or set overrideCircuitBreaker: true",
                version.path,
                breaker.window.as_secs() / 60,
            )
        }))
    }
}

/// What that version says is to be written.
pub(super) async fn proposed(cx: &Cx, version: &Version) -> Result<Proposed, Fault> {
    let site = Site::place(cx, &version.place).await?;
    let bytes = cx.house().store().content(&version.before).await?;
    let draft = bytes.map_or(Draft::Remove, |bytes| Draft::Back(bytes, version.ownership));
    Ok(Proposed { site, path: version.path.clone(), draft })
}

/// The newest version of that file whose write came about, or may have.
async fn latest(cx: &Cx, of: &Version) -> Result<Option<Version>, Fault> {
    let versions = cx.read().await?.versions(&of.path).await?;
    let mut same = versions.into_iter().filter(|one| one.place == of.place && one.path == of.path);
    Ok(same.find(|one| one.settlement != Settlement::NotApplied))
}

impl Operation for RevertFile {
    type Output = Reverted;
    const META: Meta = Meta::act("revert_file", "Put a file back", Toolset::Proxmox)
        .tier(Tier::Companion)
        .reversal(Reversal::Backup)
        .idempotent()
        .destructive()
        .foreign()
        .routes(&[Route::post("/api/files/revert")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let (version, cleared) = self.cleared(cx).await?;
        let plan = plan_of(&cleared);
        let summary = format!("{}, from {}", plan.summary, version.id);
        let verdict = match self.breaker(cx, &version).await? {
            Some(reason) => Verdict::Deny(vec![reason]),
            None => plan.verdict.clone(),
        };
        Ok(Plan { summary, verdict, ..plan })
    }

    async fn run(self, cx: &mut Cx) -> Result<Reverted, Fault> {
        let (version, cleared) = self.cleared(cx).await?;
        let written = carried_out(cx, Self::META.name, cleared).await?;
        if written.changed {
            cx.summarise(format!("put {} in {} back to {}", version.path, version.place, version.id));
        }
        Ok(Reverted { restored_from: version.id, written })
    }
}
