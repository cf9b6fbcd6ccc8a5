//! `snapshot_create`.

use std::time::Duration;

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, VmId, calls};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::power::{about, target};
use super::snapshots::{beyond, list, name_at, tool};
use super::task::{Watch, effect_missing};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// A thin snapshot takes a moment; one on a slow storage may not.
pub(super) const PATIENCE: Duration = Duration::from_secs(600);

/// Make a snapshot of a guest. Older ones that were made this way are deleted once the new one is there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotCreate {
    /// Which guest.
    pub vmid: VmId,
    /// Why, for its description.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub note: Option<String>,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The snapshot made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// Its name.
    pub name: String,
    /// `pct` or `qm`.
    pub guest_type: String,
    /// Older ones of ours that were deleted for it.
    pub evicted: Vec<String>,
    /// Older ones that should have been deleted and could not be, and why.
    pub left: Vec<String>,
}

impl Operation for SnapshotCreate {
    type Output = Made;
    const META: Meta = Meta::act("snapshot_create", "Make a snapshot", Toolset::Proxmox)
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/snapshots")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let note = self.note.as_deref().unwrap_or_default();
        if note.chars().count() > 1000 || note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Fault::invalid(
                "note",
                "note: at most 1000 characters, none of them a control character",
            ));
        }
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let kept = cx.house().settings().snapshots_kept;
        Ok(about(Plan::allow(format!("make a snapshot of {}, keep the {kept} newest", found.text())), &found))
    }

    async fn run(self, cx: &mut Cx) -> Result<Made, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let (name, watch) = (name_at(cx.now)?, Watch::of(cx));
        let note = self.note.as_deref().unwrap_or_default();
        let call = match cx.house().settings().snapshot_memory {
            true => calls::snapshot::create_with_memory(&found.at(), &name, note),
            false => calls::snapshot::create(&found.at(), &name, note),
        };
        let end = watch.carry_through(&found, &call, PATIENCE).await?;
        let all = list(&found).await?;
        if all.find(&name).is_none_or(|made| made.snapstate.is_some()) {
            return Err(effect_missing(&found, &end, &format!("has no snapshot {name}")));
        }
        let (mut evicted, mut left) = (Vec::new(), Vec::new());
        for old in beyond(&all, &name, cx.house().settings().snapshots_kept) {
            let call = calls::snapshot::delete(&found.at(), &old.name);
            match watch.carry_through(&found, &call, PATIENCE).await {
                Ok(_) => evicted.push(old.name.to_string()),
                // The new one is there: that is what was asked for.
                Err(fault) => left.push(format!("{}: {}", old.name, fault.message)),
            }
        }
        cx.summarise(format!("made snapshot {name} of {}", found.text()));
        Ok(Made { name: name.to_string(), guest_type: tool(found.row.kind).into(), evicted, left })
    }
}
