//! `guest_backup_delete`.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::health::PlacedBackup;
use labkeeper_core::pve::calls::{backup, storage};
use labkeeper_core::pve::{ClusterName, NodeName, Rows, StoredVolume, VmId, VolumeId};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::guest_backup_archives::{Wanted, chosen, is_good, may, of_guest, our_name, target};
use super::task::Watch;
use crate::clusters::Target;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset, Verdict};

/// How long removing an archive may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Delete a backup of a guest; never its last good one, nor a protected one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestBackupDelete {
    /// Which guest it is of.
    pub vmid: VmId,
    /// Which backup, as list_backups names it.
    pub archive: Wanted,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The archive that is gone.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedBackup {
    /// The guest.
    pub vmid: VmId,
    /// Storage and name.
    pub archive: VolumeId,
    /// Good backups that the guest has still.
    pub left: usize,
}

impl Operation for GuestBackupDelete {
    type Output = DeletedBackup;
    const META: Meta = Meta::act("guest_backup_delete", "Delete a backup of a guest", Toolset::Proxmox)
        .tier(Tier::Companion)
        .destructive()
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/backups/delete")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let archives = of_guest(&found).await?;
        let placed = chosen(&found, &archives, &self.archive)?;
        may(&found, &backup::delete(node(&found, placed), &placed.volume.volid)).await?;
        let summary = format!("delete the backup {} of {}", placed.volume.volid, found.text());
        let verdict = verdict(&archives, placed);
        let details = json!({
            "vmid": self.vmid, "cluster": found.cluster.cluster(), "archive": placed.volume,
            "goodOnesLeft": others(&archives, placed),
        });
        Ok(Plan { verdict, ..Plan::allow(summary) }.with(details))
    }

    async fn run(self, cx: &mut Cx) -> Result<DeletedBackup, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let archives = of_guest(&found).await?;
        let placed = chosen(&found, &archives, &self.archive)?;
        // It may have become the last one since the plan.
        if let Verdict::Deny(reasons) = verdict(&archives, placed) {
            return Err(Fault::new(Code::Denied, format!("refused: {}", reasons.join("; "))));
        }
        gone(&Watch::of(cx), &found, placed).await?;
        let archive = placed.volume.volid.clone();
        cx.summarise(format!("deleted the backup {archive} of {}", found.text()));
        Ok(DeletedBackup { vmid: self.vmid, archive, left: others(&archives, placed) })
    }
}

/// Deletes it, and looks whether it is gone.
pub(super) async fn gone(watch: &Watch, found: &Target, placed: &PlacedBackup) -> Result<(), Fault> {
    let (node, volume) = (node(found, placed), &placed.volume.volid);
    watch.carry_through_if(found, &backup::delete(node, volume), PATIENCE).await?;
    let listed: Rows<StoredVolume> = found.ask(&storage::backups(node, &volume.storage())).await?;
    if listed.into_iter().any(|row| row.volid == *volume) {
        let fault = Fault::new(Code::Conflict, format!("{volume} was deleted, and yet it is there"));
        return Err(fault.with_hint("look at the storage on the node"));
    }
    Ok(())
}

/// Who is asked: the node whose storage it is on, of a shared one the guest's.
fn node<'a>(found: &'a Target, placed: &'a PlacedBackup) -> &'a NodeName {
    placed.node.as_ref().unwrap_or(&found.row.node)
}

/// Good backups beside that one.
fn others(archives: &[PlacedBackup], placed: &PlacedBackup) -> usize {
    let is_it = |other: &PlacedBackup| other.volume.volid == placed.volume.volid && other.node == placed.node;
    archives.iter().filter(|other| !is_it(other) && is_good(&other.volume)).count()
}

fn verdict(archives: &[PlacedBackup], placed: &PlacedBackup) -> Verdict {
    let volume = &placed.volume;
    if volume.is_protected {
        return Verdict::Deny(vec![format!(
            "{} is protected; its protection is lifted in Proxmox",
            volume.volid
        )]);
    }
    if others(archives, placed) == 0 {
        return Verdict::Deny(vec![format!(
            "{} is the last good backup of guest {}: make a new one first",
            volume.volid, volume.vmid
        )]);
    }
    match our_name(volume) {
        Some(_) => Verdict::Confirm(vec!["nobody can put it back afterwards".into()]),
        None => {
            Verdict::Approve(vec!["labkeeper did not make it, and nobody can put it back afterwards".into()])
        }
    }
}
