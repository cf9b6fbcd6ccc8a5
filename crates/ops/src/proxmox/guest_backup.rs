//! `guest_backup`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::health::PlacedBackup;
use labkeeper_core::pve::calls::backup::{self, BackupMode};
use labkeeper_core::pve::calls::storage;
use labkeeper_core::pve::{
    BackupVolume, ClusterName, GuestKind, Rows, StorageId, StorageStatus, StoredVolume, VmId, VolumeId,
};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::guest_backup_archives::{is_good, may, our_name, target};
use super::snapshots::name_at;
use super::task::{Watch, effect_missing};
use crate::clusters::{Found, Target};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Back a guest up onto a storage of its node. Older archives that were made this way are deleted once the new one is there, others never.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestBackup {
    /// Which guest.
    pub vmid: VmId,
    /// `snapshot` lets a running guest go on, `suspend` halts it for a while, `stop` shuts it down and starts it again.
    #[serde(default)]
    pub mode: BackupMode,
    /// Why, for the archive's notes.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub note: Option<String>,
    /// Onto which storage; the owner's choice when left out.
    #[serde(default)]
    pub storage: Option<StorageId>,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The archive made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackedUp {
    /// The guest.
    pub vmid: VmId,
    /// `lxc` or `qemu`.
    pub guest_type: GuestKind,
    /// How it was made.
    pub mode: BackupMode,
    /// Its notes, which begin with the name that guest_backup_restore takes.
    pub note: String,
    /// Storage and name.
    pub archive: VolumeId,
    /// Bytes.
    pub size_bytes: Option<u64>,
    /// The task's UPID.
    pub task: String,
    /// The storage.
    pub storage: StorageId,
    /// How the task ended.
    pub task_status: String,
    /// Older ones of ours that were deleted for it.
    pub evicted: Vec<String>,
    /// Older ones that should have been deleted and could not be, and why.
    pub left: Vec<String>,
}

impl Operation for GuestBackup {
    type Output = BackedUp;
    const META: Meta = Meta::act("guest_backup", "Back a guest up", Toolset::Proxmox)
        .tier(Tier::Companion)
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/backups")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let note = self.note.as_deref().unwrap_or_default();
        if note.chars().count() > 1000 || note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Fault::invalid(
                "note",
                "note: at most 1000 characters, none of them a control character",
            ));
        }
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let onto = self.onto(cx, &found).await?;
        self.may(&found, &onto.storage).await?;
        let kept = cx.house().settings().backups.kept;
        let reason = match self.mode {
            BackupMode::Snapshot => "it takes room there, and time on the node",
            BackupMode::Suspend => "the guest halts for it",
            BackupMode::Stop => "the guest is shut down for it and started again",
        };
        let summary =
            format!("back up {} onto {}, keep the {kept} newest of ours", found.text(), onto.storage);
        let there = on(&found, &onto.storage).await?;
        let going = beyond(&there, None, kept);
        Ok(Plan::confirm(summary, reason).with(json!({
            "vmid": self.vmid, "cluster": found.cluster.cluster(), "node": found.row.node, "mode": self.mode,
            "storage": onto.storage, "available": onto.avail,
            "evictsAfterwards": going.iter().map(|old| old.volid.as_str()).collect::<Vec<_>>(),
        })))
    }

    async fn run(self, cx: &mut Cx) -> Result<BackedUp, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let storage = self.onto(cx, &found).await?.storage;
        self.may(&found, &storage).await?;
        let name = name_at(cx.now)?.to_string();
        let note = self.note.as_ref().map_or_else(|| name.clone(), |note| format!("{name} — {note}"));
        let (watch, patience) = (Watch::of(cx), cx.house().settings().backups.patience);
        let call = backup::create(&found.at(), &storage, self.mode, &note);
        let end = watch.carry_through(&found, &call, patience).await?;
        let there = on(&found, &storage).await?;
        let new = there.iter().find(|volume| our_name(volume) == Some(&name));
        let Some(new) = new.filter(|volume| is_good(volume)) else {
            return Err(effect_missing(&found, &end, &format!("has no new archive on {storage}")));
        };
        let going = beyond(&there, Some(&new.volid), cx.house().settings().backups.kept);
        let (evicted, left) = evict(&watch, &found, &going).await;
        cx.summarise(format!("backed {} up onto {storage}", found.text()));
        Ok(BackedUp {
            vmid: self.vmid,
            guest_type: found.row.kind,
            mode: self.mode,
            note,
            archive: new.volid.clone(),
            size_bytes: new.size,
            task: end.upid.to_string(),
            task_status: end.exit.to_string(),
            storage,
            evicted,
            left,
        })
    }
}

impl GuestBackup {
    /// The storage that is meant, which the guest's node has and which takes backups.
    async fn onto(&self, cx: &Cx, found: &Found) -> Result<StorageStatus, Fault> {
        let wanted = self.storage.as_ref().or(cx.house().settings().backups.storage.as_ref());
        let all: Rows<StorageStatus> = found.ask(&storage::list(&found.row.node)).await?;
        let mut fit: Vec<StorageStatus> = all
            .into_iter()
            .filter(|row| row.enabled != Some(false) && row.content.iter().any(|kind| kind == "backup"))
            .collect();
        let names: Vec<&str> = fit.iter().map(|row| row.storage.as_str()).collect();
        let there = if names.is_empty() { "none".into() } else { names.join(", ") };
        let node = &found.row.node;
        if let Some(wanted) = wanted {
            let at = fit.iter().position(|row| row.storage == *wanted).ok_or_else(|| {
                Fault::invalid("storage", format!("{wanted} is no storage of {node} that takes backups"))
                    .with_hint(format!("there are: {there}"))
            })?;
            return reached(fit.swap_remove(at), node.as_str());
        }
        match fit.len() {
            1 => reached(fit.remove(0), node.as_str()),
            0 => Err(Fault::new(Code::Conflict, format!("no storage of {node} takes backups"))
                .with_hint("let one take backups in Datacenter → Storage, or give the token a look at it")),
            _ => Err(Fault::invalid("storage", format!("several storages of {node} take backups"))
                .with_hint(format!(
                    "say which with storage, or set NODE_BACKUP_STORAGE; there are: {there}"
                ))),
        }
    }

    async fn may(&self, found: &Found, onto: &StorageId) -> Result<(), Fault> {
        may(found, &backup::create(&found.at(), onto, self.mode, "")).await
    }
}

fn reached(row: StorageStatus, node: &str) -> Result<StorageStatus, Fault> {
    if row.active == Some(false) {
        let fault = Fault::new(Code::Unavailable, format!("{node} does not reach {} just now", row.storage));
        return Err(fault.with_hint("look whether the machine behind it is on"));
    }
    Ok(row)
}

/// The guest's archives on a storage of its node.
async fn on(found: &Found, id: &StorageId) -> Result<Vec<BackupVolume>, Fault> {
    let listed: Rows<StoredVolume> = found.ask(&storage::backups(&found.row.node, id)).await?;
    let all = listed.into_iter().filter_map(|volume| volume.backup());
    Ok(all.filter(|volume| volume.vmid == found.row.vmid).collect())
}

/// Archives of ours that are too many beside the newest one, or beside one to come; oldest first. What is protected stays, and
/// so does what is all there is.
fn beyond<'a>(archives: &'a [BackupVolume], newest: Option<&VolumeId>, kept: usize) -> Vec<&'a BackupVolume> {
    let others = archives.iter().filter(|one| our_name(one).is_some() && Some(&one.volid) != newest);
    let mut others: Vec<&BackupVolume> = others.filter(|one| !one.is_protected).collect();
    others.sort_by_key(|one| (one.made.unwrap_or(i64::MAX), one.volid.clone()));
    others.truncate((others.len() + 1).saturating_sub(kept.max(1)));
    others
}

/// Deletes them; the new one is there, and that is what was asked for.
async fn evict(watch: &Watch, found: &Target, going: &[&BackupVolume]) -> (Vec<String>, Vec<String>) {
    let (mut evicted, mut left) = (Vec::new(), Vec::new());
    for old in going {
        match delete(watch, found, old).await {
            Ok(()) => evicted.push(old.volid.to_string()),
            Err(fault) => left.push(format!("{}: {}", old.volid, fault.message)),
        }
    }
    (evicted, left)
}

async fn delete(watch: &Watch, found: &Target, old: &BackupVolume) -> Result<(), Fault> {
    let placed = PlacedBackup { node: Some(found.row.node.clone()), volume: old.clone() };
    super::guest_backup_delete::gone(watch, found, &placed).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(day: u32, notes: &str, is_protected: bool) -> BackupVolume {
        BackupVolume {
            volid: format!("nas:backup/vzdump-lxc-101-2026_11_{day:02}-00_00_00.tar.zst").parse().unwrap(),
            vmid: VmId::try_from(101).unwrap(),
            kind: Some(GuestKind::Lxc),
            made: Some(i64::from(day)),
            size: Some(1),
            notes: Some(notes.into()),
            is_protected,
            verified: None,
        }
    }

    #[test]
    fn the_oldest_of_ours_go_and_nobody_elses_and_never_the_new_one() {
        let ours = |day| archive(day, "mcp-20261101-000000", false);
        let all = [
            ours(3),
            archive(1, "nightly", false),
            ours(2),
            archive(1, "mcp-20261101-000000", true),
            ours(5),
        ];
        let days = |newest: Option<u32>, kept| -> Vec<i64> {
            let newest = newest.map(|day| ours(day).volid);
            beyond(&all, newest.as_ref(), kept).iter().filter_map(|one| one.made).collect()
        };
        assert_eq!(days(Some(5), 1), [2, 3]);
        assert_eq!(days(Some(5), 2), [2]);
        assert_eq!(days(Some(2), 2), [3], "not the one just made, whatever its time says");
        assert_eq!(days(Some(5), 0), [2, 3], "one is always kept");
        assert_eq!(days(None, 3), [2], "before there is a new one");
        assert!(days(Some(5), 9).is_empty());
    }
}
